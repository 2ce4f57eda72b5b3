import { z } from "@hono/zod-openapi";
import type { JsonValue } from "../../spec/json.ts";

/** Any JSON: it comes from `JSON.parse`, so there is nothing left to check. */
export const jsonValue = z.custom<JsonValue | undefined>(() => true);

/** The members that name a package, shared by every route that takes one. */
export const packageFields = {
  packageName: z.string().max(214)
    .regex(
      /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(?:\/[a-z0-9_~-][a-z0-9._~-]*)*$/i,
      "needs an npm package name",
    )
    .openapi({
      example: "@tpmjs/tools-html-to-markdown",
      description: "Name of the npm package; a subpath may follow, as in `lodash/get`",
    }),
  version: z.string().min(1).max(256).regex(/^[\x20-\x7e]+$/, "needs printable characters")
    .nullish()
    .openapi({ example: "0.1.0", description: "Exact version, range or tag; latest when absent" }),
  source: z.enum(["npm", "esm", "wasm", "inline", "auto"]).nullish().openapi({
    description:
      "Where the package comes from; wasm is what POST /artifacts/wasm stored, inline what POST /api/tools did",
  }),
  importUrl: z.string().max(2048).nullish().openapi({
    description: "Older contract: accepted where it points at the configured esm origin",
  }),
} as const;

type Nullable<T> = { [K in keyof T]: T[K] | null };

/** `fields` without the members that are `null` or `undefined`. */
export function present<T extends object>(fields: Nullable<T>): T;
export function present(fields: object): object {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && value !== undefined) kept[name] = value;
  }
  return kept;
}
