import type { BuiltArtifact, FetchedModule } from "../../../spec/artifact.ts";
import type { AirlockErrorOptions, ErrorCode } from "../../../spec/errors.ts";
import type { BuildLimits } from "./build_limits.ts";

/** One build, as it crosses to the build process. */
export interface PackageRequest {
  readonly directory: string;
  readonly entry: string;
  /** Whether code may be told at build time that `NODE_ENV` is `production`. */
  readonly fixNodeEnv: boolean;
  /** Whether a copy of its files will do where it cannot be bundled. */
  readonly mayStayTree: boolean;
  readonly modules: readonly (readonly [url: string, module: FetchedModule])[] | null;
  readonly redirects: readonly (readonly [from: string, to: string])[];
  readonly outDirectory: string;
  readonly limits: BuildLimits;
}

/** One line from the build process. */
export type BuildReply =
  | { readonly type: "ready" }
  | { readonly type: "progress"; readonly line: string }
  | { readonly type: "built"; readonly built: BuiltArtifact }
  | {
    readonly type: "failed";
    readonly code: ErrorCode;
    readonly message: string;
    readonly options: Pick<AirlockErrorOptions, "stage" | "suggestion" | "details">;
  };
