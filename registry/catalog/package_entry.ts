import type { ArtifactLock, ArtifactManifest } from "../../spec/artifact.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { ToolDefinition } from "../../spec/tool.ts";
import { scanDefinition } from "../pins/scan_definition.ts";
import { definitionHash } from "./definition_hash.ts";
import { spellOut } from "./split_words.ts";

/** Who may see something: everybody, or its owner. */
export type Visibility = "public" | "private";

/** What is known of one version of a package, to be kept. */
export interface PackageEntry {
  readonly manifest: ArtifactManifest;
  /** Digest of its artifact. */
  readonly digest: string;
  readonly lock?: ArtifactLock;
  /** `null`: of a public registry, and nobody's here. */
  readonly ownerId: string | null;
  readonly visibility: Visibility;
  readonly keywords?: readonly string[];
  readonly publishedAt?: Date;
  /** This version is the latest whatever its number, as its registry's `latest` tag says. */
  readonly isLatest?: boolean;
}

/** What of an entry its tools are made of: all that is known of a package whose code was not read. */
export interface ToolsEntry extends Pick<PackageEntry, "visibility" | "keywords"> {
  readonly manifest: Pick<
    ArtifactManifest,
    "resolved" | "tools" | "description" | "category" | "env" | "needs" | "runtimes"
  >;
}

/** A tool as its row holds it; what the package decides is added in SQL. */
export interface ToolEntry {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly description: string;
  readonly input_schema: ToolDefinition["inputSchema"];
  readonly output_schema: ToolDefinition["outputSchema"];
  readonly schema_strategy: string;
  readonly schema_warnings: readonly string[];
  readonly definition_hash: string;
  /** What the scan says, for whoever approves the tool. */
  readonly findings: readonly JsonObject[];
  /** Text by weight: what it is called, where it comes from, what it says of itself. */
  readonly named: string;
  readonly around: string;
  readonly said: string;
}

/** Text of one weight that is indexed. */
const MAX_SEARCH_CHARACTERS = 8_000;

/** The row of one tool of a package. */
export function toolEntry(
  tool: ToolDefinition,
  { entry, id, slug }: {
    readonly entry: ToolsEntry;
    readonly id: string;
    readonly slug: string;
  },
): ToolEntry {
  const { manifest, keywords = [] } = entry;
  const { packageName, source } = manifest.resolved;
  // The name of inline source is a random one, which nobody looks for.
  const ownName = source === "inline" || source === "wasm" ? "" : spellOut(packageName);
  const around = [ownName, ...keywords, manifest.category ?? "", manifest.description].join(" ");
  return {
    id,
    name: tool.name,
    slug,
    description: tool.description,
    input_schema: tool.inputSchema,
    output_schema: tool.outputSchema,
    schema_strategy: tool.schemaStrategy,
    schema_warnings: tool.warnings,
    definition_hash: definitionHash({ tool, env: manifest.env, needs: manifest.needs }),
    findings: scanDefinition({ ...tool, otherTools: manifest.tools.map(({ name }) => name) })
      .map((finding) => ({ ...finding })),
    named: spellOut(tool.name).slice(0, MAX_SEARCH_CHARACTERS),
    around: around.slice(0, MAX_SEARCH_CHARACTERS),
    said: tool.description.slice(0, MAX_SEARCH_CHARACTERS),
  };
}
