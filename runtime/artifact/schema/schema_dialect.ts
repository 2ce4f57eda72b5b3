import type { JsonValue } from "../../../spec/json.ts";

/** Drafts of JSON Schema that are told apart. */
export type SchemaDialect = "2020-12" | "2019-09" | "draft-07" | "draft-04";

const FAMILY: Readonly<Record<string, SchemaDialect>> = {
  "2020-12": "2020-12",
  "2019-09": "2019-09",
  "draft-07": "draft-07",
  // All that draft-07 changed since is what it added.
  "draft-06": "draft-07",
  "draft-04": "draft-04",
};

const URL_OF: Readonly<Record<string, string>> = {
  "draft-07": "http://json-schema.org/draft-07/schema#",
};

/** Which draft a schema is written in, and how `$schema` should name it. */
export interface NamedDialect {
  readonly dialect: SchemaDialect;
  /** `undefined` for the one that holds where none is named. */
  readonly url: string | undefined;
  readonly isChanged: boolean;
}

/**
 * Reads `$schema`. Drafts before 7 are written as draft-07, which takes what they say once
 * {@linkcode repairSchema} has turned the few keywords that differ; an unknown dialect is left out.
 */
export function schemaDialect($schema: JsonValue | undefined): NamedDialect {
  if ($schema === undefined) return { dialect: "2020-12", url: undefined, isChanged: false };
  const match = typeof $schema === "string"
    ? /^https?:\/\/json-schema\.org\/(?:draft\/)?(20\d\d-\d\d|draft-0\d)\/schema#?$/.exec($schema)
    : null;
  const name = match?.[1] ?? "";
  const dialect = Object.hasOwn(FAMILY, name) ? FAMILY[name] : undefined;
  if (dialect === undefined) return { dialect: "2020-12", url: undefined, isChanged: true };
  if (name === dialect && name !== "draft-04") {
    return { dialect, url: String($schema), isChanged: false };
  }
  return { dialect, url: URL_OF["draft-07"], isChanged: true };
}
