import { z } from "@hono/zod-openapi";
import type { JsonObject } from "../../spec/json.ts";

/** The bytes of a module; read as a stream, so never parsed by this schema. */
export const wasmBytes = z.custom<Uint8Array>(() => true).openapi({
  type: "string",
  format: "binary",
});

const entry = z.looseObject({
  name: z.string().max(100).nullish().describe("What other modules import it as"),
  hash: z.string().max(64).nullish().describe("SHA-256 of the module in hex"),
  url: z.string().max(2048).nullish().describe("Where to download it; needs hash"),
  data: z.string().nullish().describe("The module itself as base64"),
});

const schema = z.custom<JsonObject>(() => true).openapi({ type: "object" });
const format = z.enum(["auto", "json", "text", "base64"]);

const tool = z.looseObject({
  description: z.string().max(4_000).nullish(),
  inputSchema: schema.nullish().describe("JSON Schema of the params"),
  outputSchema: schema.nullish(),
  input: format.nullish().describe("What the export reads: params as JSON, a string, or bytes"),
  output: format.nullish().describe("What it puts out; auto: JSON, else text, else base64"),
});

/** An Extism manifest as it is brought. What is in it is checked in full when it is prepared. */
export const pluginManifestSchema = z.looseObject({
  wasm: z.array(entry).min(1).max(16).describe("The modules; the last is the main one"),
  config: z.record(z.string(), z.string()).nullish().describe(
    "What the plug-in's config_get reads",
  ),
  allowed_hosts: z.array(z.string()).nullish().describe("What it asks for: never a grant"),
  memory: z.looseObject({}).nullish(),
  timeout_ms: z.int().positive().nullish(),
  description: z.string().max(4_000).nullish(),
  tools: z.record(z.string(), tool).nullish().describe("What exports take and give, by name"),
}).openapi("PluginManifest");

/** The manifest without members that are `null`, at every depth: they mean absent. */
export function pluginManifest(body: z.output<typeof pluginManifestSchema>): JsonObject {
  return JSON.parse(JSON.stringify(body), (_name, value) => value === null ? undefined : value);
}
