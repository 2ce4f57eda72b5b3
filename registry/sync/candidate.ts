import type { PublishedPackage } from "./published_package.ts";

/** A package that something may be new of. */
export interface Candidate {
  readonly name: string;
  /**
   * `wanted`: somebody wants it followed, or it is in the catalog. `likely`: a search took it for one
   * with tools. `unknown`: it may be any package.
   */
  readonly standing: "wanted" | "likely" | "unknown";
  /** Of the answer that was read last. */
  readonly etag?: string;
}

/** What became of reading a candidate. */
export type Outcome =
  & { readonly name: string }
  & (
    | {
      readonly kind: "published";
      readonly published: PublishedPackage;
      readonly etag: string | null;
    }
    | { readonly kind: "gone" }
    | { readonly kind: "unchanged" }
    /** It has no tools, as far as it says. */
    | { readonly kind: "unwanted" }
    | { readonly kind: "failed"; readonly problem: string; readonly error: unknown }
  );
