import type { PackageEntry } from "../../registry/catalog/package_entry.ts";
import type { ArtifactManifest } from "../../spec/artifact.ts";
import type { SourceKind, ToolDefinition } from "../../spec/tool.ts";

/** A tool of a {@linkcode packageEntry}. */
export interface EntryTool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: ToolDefinition["inputSchema"];
}

/** Options of {@linkcode packageEntry}. */
export interface EntryOptions {
  readonly name: string;
  readonly version?: string;
  readonly source?: SourceKind;
  readonly tools: readonly EntryTool[];
  readonly manifest?: Partial<ArtifactManifest>;
  readonly more?: Partial<PackageEntry>;
}

/** A package version as recording takes it. */
export function packageEntry(options: EntryOptions): PackageEntry {
  const { name, version = "1.0.0", source = "npm", tools } = options;
  return {
    digest: "ab".repeat(32),
    ownerId: null,
    visibility: "public",
    manifest: {
      formatVersion: 1,
      resolved: { source, packageName: name, version },
      form: "bundle",
      entry: "bundle.mjs",
      description: `The package ${name}`,
      category: "web",
      tools: tools.map((tool): ToolDefinition => ({
        name: tool.name,
        description: tool.description ?? "",
        shape: "function",
        inputSchema: tool.inputSchema ?? null,
        outputSchema: null,
        schemaStrategy: "none",
        warnings: [],
      })),
      otherExports: [],
      env: [],
      needs: {},
      uses: { nodeBuiltins: [], globals: [], env: [] },
      runtimes: [{ runtime: "deno", ok: true }, { runtime: "quickjs", ok: false, reason: "no" }],
      warnings: [],
      ...options.manifest,
    },
    ...options.more,
  };
}
