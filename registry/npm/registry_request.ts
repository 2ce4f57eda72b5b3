import type { NpmStep } from "./artifact_failure.ts";
import type { RegistryTarget } from "./npm_config.ts";

/** One GET of something that a registry holds. */
export interface RegistryRequest {
  readonly step: NpmStep;
  /** What is fetched, for messages: `packument of name`. */
  readonly what: string;
  readonly registry: RegistryTarget;
  /** Below `registry.url`, or at least on its host. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
}
