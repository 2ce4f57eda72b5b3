import { z } from "@hono/zod-openapi";
import type { InlineCode } from "../../registry/inline/inline_code.ts";
import type { JsonObject } from "../../spec/json.ts";
import { packageFields, present } from "./package_fields.ts";
import { pluginManifest, pluginManifestSchema } from "./plugin_schema.ts";

const jsonObject = z.custom<InlineCode["packageJson"]>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  { message: "needs an object" },
).openapi({ type: "object" });

/** Body of `POST /api/tools`. */
export const addInlineSchema = z.strictObject({
  packageName: packageFields.packageName.nullish().openapi({
    example: undefined,
    description: "Of an earlier answer: the source is its next version. Absent: a new package",
  }),
  files: z.record(z.string().max(200), z.string()).nullish().openapi({
    description: "Path → text: JavaScript or TypeScript, and what it imports from beside it",
    example: { "main.ts": "export const greet = (p: { name: string }) => `Hi ${p.name}`;" },
  }),
  modules: z.record(z.string().max(200), z.string()).nullish().openapi({
    example: undefined,
    description: "Instead of files, a WebAssembly plug-in: name that ends in .wasm → base64, or " +
      "the packageName that POST /artifacts/wasm answered",
  }),
  plugin: pluginManifestSchema.omit({ wasm: true, description: true }).nullish().openapi({
    example: undefined,
    description: "What an Extism manifest says of the modules; `tools`: what exports take and give",
  }),
  entry: z.string().max(200).nullish().openapi({
    example: "main.ts",
    description: "File or module whose exports are the tools; the only one, main.ts or main.wasm " +
      "when absent",
  }),
  dependencies: z.record(z.string().max(214), z.string().max(100)).nullish().openapi({
    description: "npm package → exact version",
    example: {},
  }),
  description: z.string().max(4_000).nullish().openapi({ example: "Greets people" }),
  tpmjs: jsonObject.nullish().describe("As in a package.json: category, env, tools, healthCheck"),
  airlock: jsonObject.nullish().describe("As in a package.json: permissions, limits, examples"),
}).openapi("AddToolRequest");

/** The code that a body brings. */
export function inlineCode(body: z.output<typeof addInlineSchema>): InlineCode {
  const { description, tpmjs, airlock } = body;
  const modules = body.modules ?? undefined;
  const paths = Object.keys(modules ?? body.files ?? {});
  const main = modules === undefined ? "main.ts" : "main.wasm";
  const entry = body.entry ?? (paths.length === 1 ? paths[0]! : main);
  const plugin = modules && pluginOf(body, { entry, paths });
  return {
    files: body.files ?? {},
    ...(modules === undefined ? {} : { modules }),
    entry,
    dependencies: body.dependencies ?? {},
    packageJson: present<InlineCode["packageJson"]>({
      description: description ?? null,
      tpmjs: tpmjs ?? null,
      airlock: plugin === undefined ? airlock ?? null : { ...airlock, plugin },
    }),
  };
}

/** The manifest of a plug-in: the main module comes last, the others go by their file's name. */
function pluginOf(
  { plugin, description }: z.output<typeof addInlineSchema>,
  { entry, paths }: { readonly entry: string; readonly paths: readonly string[] },
): JsonObject {
  const others = paths.filter((path) => path !== entry)
    .map((path) => ({ path, name: path.replace(/\.wasm$/, "") }));
  return pluginManifest({ description, ...plugin, wasm: [...others, { path: entry }] });
}
