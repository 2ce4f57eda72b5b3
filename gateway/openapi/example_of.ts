import type { JsonValue } from "../../spec/json.ts";

/** A schema of the API description, as far as examples follow from it. */
export interface ExampledSchema {
  readonly $ref?: string;
  readonly example?: JsonValue;
  readonly default?: JsonValue;
  readonly const?: JsonValue;
  readonly enum?: readonly JsonValue[];
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, ExampledSchema>>;
  readonly items?: ExampledSchema;
  readonly anyOf?: readonly ExampledSchema[];
  readonly oneOf?: readonly ExampledSchema[];
  readonly allOf?: readonly ExampledSchema[];
  readonly minimum?: number;
}

/** Schemas that others refer to, by name. */
export type NamedSchemas = Readonly<Record<string, ExampledSchema>>;

const TIME = "2030-01-01T00:00:00.000Z";
const DIGEST = "3f0c9a1e5b7d2846".repeat(4);

/** What members of these names look like, wherever they stand and say nothing themselves. */
const BY_NAME: Readonly<Record<string, JsonValue>> = {
  ...{ id: "col_0Nf3vPq8rT1xZ5bC7dE9gH", toolId: "tool_0Nf3vPq8rT1xZ5bC7dE9gH" },
  ...{ collectionId: "col_0Nf3vPq8rT1xZ5bC7dE9gH", keyId: "key_0Nf3vPq8rT1xZ5bC7dE9gH" },
  ...{ agentId: "agt_0Nf3vPq8rT1xZ5bC7dE9gH", packageId: "pkg_0Nf3vPq8rT1xZ5bC7dE9gH" },
  ...{ userId: "usr_0Nf3vPq8rT1xZ5bC7dE9gH", replacedBy: "key_1Nf3vPq8rT1xZ5bC7dE9gH" },
  ...{ requestId: "0e0b1c9e-3a51-4f0e-9d6c-2f4b6a8c1d3e", nextCursor: "a2V5XzEyMw" },
  ...{ packageName: "@tpmjs/tools-html-to-markdown", version: "0.1.0", from: "0.1.0", to: "0.2.0" },
  ...{ name: "htmlToMarkdownTool", toolName: "htmlToMarkdownTool", tool: "htmlToMarkdownTool" },
  ...{ exportName: "htmlToMarkdownTool", displayName: "To Markdown", runtime: "deno" },
  ...{ slug: "tpmjs-tools-html-to-markdown-html-to-markdown-tool", source: "npm" },
  ...{ artifact: DIGEST, definitionHash: DIGEST, integrity: `sha512-${"A".repeat(86)}==` },
  ...{ description: "Converts HTML to Markdown", note: "For pages that are read aloud" },
  ...{ method: "GET", host: "api.example.com", level: "info", message: "started" },
  ...{ outcome: "success", via: "http", start: "preloaded", cache: "off", health: "healthy" },
  ...{ stage: "request", by: "manifest", reason: "it uses node:net", model: "some-model" },
  ...{ instructions: "Be brief", body: "Does what it says", kind: "user", status: "ok" },
  tenant: "local",
  ...{ path: "index.js", where: "/description", excerpt: "ignore all", action: "key.created" },
  ...{ change: DIGEST, lockHash: DIGEST, stateHash: DIGEST, expected: DIGEST },
};

const TIMES = new Set(["at", "from", "until"]);

/** What an object may be nested in another before examples of it are left out. */
const MAX_DEPTH = 12;

/**
 * An example that a schema allows, put together from those of its parts; `undefined` where a part says
 * nothing about itself, and its name is not known either.
 */
export function exampleOf(
  schema: ExampledSchema,
  { named, name = "", depth = 0 }: {
    readonly named: NamedSchemas;
    readonly name?: string;
    readonly depth?: number;
  },
): JsonValue | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const below = (part: ExampledSchema, member = name) =>
    exampleOf(part, { named, name: member, depth: depth + 1 });
  if (schema.$ref !== undefined) {
    const target = named[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)];
    return schema.example ?? (target === undefined ? undefined : below(target));
  }
  const said = schema.example ?? schema.const ?? schema.default ?? schema.enum?.[0];
  if (said !== undefined) return said;
  if (schema.allOf !== undefined) {
    return Object.assign({}, ...schema.allOf.map((part) => below(part)));
  }
  const isNullable = Array.isArray(schema.type) && schema.type.includes("null");
  for (const part of schema.anyOf ?? schema.oneOf ?? []) {
    const example = below(part);
    if (example !== undefined && example !== null) return example;
  }
  switch (mainTypeOf(schema)) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).flatMap(([member, part]) => {
          const example = below(part, member);
          return example === undefined ? [] : [[member, example]];
        }),
      );
    case "array": {
      const item = schema.items === undefined ? undefined : below(schema.items);
      return item === undefined ? [] : [item];
    }
    case "boolean":
      return true;
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "null":
      return null;
    case "string":
      if (name.endsWith("At") || TIMES.has(name) && BY_NAME[name] === undefined) return TIME;
      return Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : isNullable ? null : undefined;
    default:
      return undefined;
  }
}

function mainTypeOf({ type, properties }: ExampledSchema): string | undefined {
  if (type === undefined) return properties === undefined ? undefined : "object";
  return typeof type === "string" ? type : type.find((one) => one !== "null");
}
