import type { JsonObject, JsonValue } from "./json.ts";
import type { Limits } from "./limits.ts";
import type { NetGrant } from "./permissions.ts";
import type { RuntimeConstraints } from "./runtime_wish.ts";
import type { RuntimeKind } from "./sandbox.ts";
import type { EnvDeclaration, SourceKind, ToolDefinition } from "./tool.ts";

/**
 * `bundle`: one self-contained ES module. `tree`: a read-only package tree. `wasm`: modules of a
 * WebAssembly plug-in with the plan that links them.
 */
export type ArtifactForm = "bundle" | "tree" | "wasm";

/** A package name with its exact version, and where it comes from. */
export interface ResolvedPackage {
  readonly source: SourceKind;
  readonly packageName: string;
  readonly version: string;
  /** Subresource-integrity string of the package itself, where its source publishes one. */
  readonly integrity?: string;
}

/** Everything that went into an artifact, with its integrity: what a second build is held to. */
export interface ArtifactLock {
  /** `name@version` → subresource-integrity string (npm). */
  readonly packages: Readonly<Record<string, string>>;
  /** Module URL path at the origin → `sha256-…` (esm). */
  readonly modules: Readonly<Record<string, string>>;
}

/** A module fetched by URL, kept on disk. */
export interface FetchedModule {
  /** Absolute path of the stored bytes. */
  readonly file: string;
  /** Content type without parameters. */
  readonly contentType: string;
}

/** A package on disk, complete with everything it imports, nothing of it executed. */
export interface FetchedPackage {
  readonly resolved: ResolvedPackage;
  /** Private directory that holds all of it; whoever asked for the fetch removes it. */
  readonly directory: string;
  /** Absolute path of the module to load, or its URL where `modules` is present. */
  readonly entry: string;
  /** The package's own `package.json`; `{}` where its source has none. */
  readonly packageJson: JsonObject;
  readonly lock: ArtifactLock;
  /** Present where modules import one another by URL (esm): absolute URL → stored module. */
  readonly modules?: ReadonlyMap<string, FetchedModule>;
  /** Redirects seen between module URLs: requested → final. */
  readonly redirects?: ReadonlyMap<string, string>;
  /** Time spent waiting for the network. */
  readonly networkMs: number;
  readonly downloadedBytes: number;
}

/** Options that every slow step takes. */
export interface StepOptions {
  readonly signal: AbortSignal;
  /** Called with a short line for a person to read; never with a secret. */
  readonly progress?: (line: string) => void;
}

/** Somewhere that packages come from. */
export interface PackageSource {
  readonly kind: SourceKind;
  /**
   * Turns a range, a tag or nothing into an exact version.
   * @throws {AirlockError} `artifact_failed` at stage `resolve`.
   */
  resolve(
    packageName: string,
    version: string | undefined,
    options: StepOptions,
  ): Promise<ResolvedPackage>;
  /**
   * Downloads the package with all it depends on into `directory`, verified and bounded. With
   * `lock`, anything that differs from it is refused.
   * @throws {AirlockError} `artifact_failed` at stage `fetch`.
   */
  fetch(
    resolved: ResolvedPackage,
    options: StepOptions & { readonly directory: string; readonly lock?: ArtifactLock },
  ): Promise<FetchedPackage>;
}

/** What code refers to, found by reading it: never by running it. */
export interface CodeUse {
  /** Node built-ins without the `node:` prefix, sorted. */
  readonly nodeBuiltins: readonly string[];
  /** Notable globals: `fetch`, `WebSocket`, `WebAssembly`, `Worker`, `eval`, `Deno`, `process`, … */
  readonly globals: readonly string[];
  /** Upper-case names read from `process.env` or `Deno.env`, sorted. */
  readonly env: readonly string[];
  /** Packages in it that come with native code, which is never loaded. */
  readonly nativePackages?: readonly string[];
}

/** What the build step leaves in its output directory. */
export interface BuiltArtifact {
  readonly form: ArtifactForm;
  /** Path of the module to load, relative to the output directory. */
  readonly entry: string;
  readonly uses: CodeUse;
  readonly warnings: readonly string[];
  /** What the code's own manifest says beside `package.json`. */
  readonly declares?: {
    readonly needs: DeclaredNeeds;
    readonly env: readonly EnvDeclaration[];
    readonly description: string;
  };
}

/** Whether a runtime can run an artifact, and why not. */
export interface RuntimeVerdict {
  readonly runtime: RuntimeKind;
  readonly ok: boolean;
  readonly reason?: string;
  /** What to know of it where it can: what the code mentions and may be refused for. */
  readonly remark?: string;
}

/** What a package says it would like. A request, never a grant. */
export interface DeclaredNeeds {
  readonly net?: NetGrant;
  readonly fs?: "tmp";
  readonly limits?: Partial<Limits>;
  /** The runtime it prefers. */
  readonly runtime?: RuntimeKind;
  /** See {@linkcode RuntimeWish}. */
  readonly fallbacks?: readonly RuntimeKind[];
  readonly constraints?: RuntimeConstraints;
  /** Equal parameters give equal results, and nothing else happens. */
  readonly pure?: boolean;
  /** Calls of the package may overlap in one sandbox. */
  readonly concurrent?: boolean;
}

/** An input that a package says may be tried at any time. */
export interface ToolExample {
  readonly tool: string;
  readonly params: JsonValue;
}

/** Everything known about an artifact without running it again. */
export interface ArtifactManifest {
  readonly formatVersion: 1;
  readonly resolved: ResolvedPackage;
  readonly form: ArtifactForm;
  /** Path of the module to load, relative to the artifact's `code` directory. */
  readonly entry: string;
  readonly description: string;
  readonly category: string | null;
  readonly tools: readonly ToolDefinition[];
  /** Exports that are not callable as tools. */
  readonly otherExports: readonly string[];
  readonly env: readonly EnvDeclaration[];
  readonly needs: DeclaredNeeds;
  /** Inputs that the package gives for trying its tools out. */
  readonly examples?: readonly ToolExample[];
  readonly uses: CodeUse;
  readonly runtimes: readonly RuntimeVerdict[];
  readonly warnings: readonly string[];
}

/** A tool package made ready to run: immutable, addressed by digest. */
export interface Artifact {
  /** Lower-case hex SHA-256 over manifest, lock and every file. */
  readonly digest: string;
  /** Absolute path of the directory with the code, read-only to everyone. */
  readonly codeDirectory: string;
  readonly manifest: ArtifactManifest;
  readonly lock: ArtifactLock;
  readonly sizeBytes: number;
}
