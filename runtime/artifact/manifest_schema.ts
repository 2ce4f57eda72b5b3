import { z } from "zod";
import type { ArtifactLock, ArtifactManifest } from "../../spec/artifact.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import { RUNTIME_FEATURES } from "../../spec/runtime_wish.ts";
import { ISOLATION_LEVELS } from "../../spec/sandbox.ts";
import { SCHEMA_STRATEGIES } from "../../spec/tool.ts";
import type { FileEntry } from "./file_list.ts";

const texts = z.array(z.string());
// It comes from JSON.parse, so there is nothing left to check.
const jsonValue = z.custom<JsonValue>((value) => value !== undefined);
const jsonObject = z.custom<JsonObject>(isJsonObject);
const source = z.enum(["npm", "esm", "inline", "wasm", "mcp", "bridge", "http"]);
const runtime = z.enum(["deno", "quickjs", "extism"]);

/** Name of a package, its exact version and source, as stored. */
export const REF_SCHEMA = z.object({ source, packageName: z.string(), version: z.string() });

const tool = z.object({
  name: z.string(),
  description: z.string(),
  shape: z.enum(["ai-tool", "dynamic-tool", "function", "factory", "method"]),
  inputSchema: jsonObject.nullable(),
  outputSchema: jsonObject.nullable(),
  schemaStrategy: z.enum(SCHEMA_STRATEGIES),
  positional: texts.optional(),
  warnings: texts,
});

const needs = z.object({
  net: z.union([z.enum(["none", "public"]), texts]).optional(),
  fs: z.literal("tmp").optional(),
  limits: z.object({
    timeoutMs: z.number(),
    memoryBytes: z.number(),
    outputBytes: z.number(),
    logBytes: z.number(),
  }).partial().optional(),
  runtime: runtime.optional(),
  fallbacks: z.array(runtime).optional(),
  constraints: z.object({
    minIsolation: z.enum(ISOLATION_LEVELS).optional(),
    maxColdMs: z.number().optional(),
    needs: z.array(z.enum(RUNTIME_FEATURES)).optional(),
  }).optional(),
  pure: z.boolean().optional(),
  concurrent: z.boolean().optional(),
});

/** Manifests of this version of the format; an older one is a miss, and is built again. */
export const MANIFEST_SCHEMA: z.ZodType<ArtifactManifest> = z.object({
  formatVersion: z.literal(1),
  resolved: REF_SCHEMA.extend({ integrity: z.string().optional() }),
  form: z.enum(["bundle", "tree", "wasm"]),
  entry: z.string(),
  description: z.string(),
  category: z.string().nullable(),
  tools: z.array(tool),
  otherExports: texts,
  env: z.array(z.object({
    name: z.string(),
    description: z.string().optional(),
    required: z.boolean(),
    default: z.string().optional(),
  })),
  needs,
  examples: z.array(z.object({ tool: z.string(), params: jsonValue })).optional(),
  uses: z.object({
    nodeBuiltins: texts,
    globals: texts,
    env: texts,
    nativePackages: texts.optional(),
  }),
  runtimes: z.array(z.object({
    runtime,
    ok: z.boolean(),
    reason: z.string().optional(),
    remark: z.string().optional(),
  })),
  warnings: texts,
});

/** Locks as stored. */
export const LOCK_SCHEMA: z.ZodType<ArtifactLock> = z.object({
  packages: z.record(z.string(), z.string()),
  modules: z.record(z.string(), z.string()),
});

/** File lists as stored. */
export const FILES_SCHEMA: z.ZodType<FileEntry[]> = z.array(z.object({
  path: z.string(),
  sizeBytes: z.number(),
  sha256: z.string(),
  link: z.literal(true).optional(),
}));
