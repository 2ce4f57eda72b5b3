import { isJsonObject, type JsonObject, type JsonValue } from "../../../spec/json.ts";
import { repairType } from "./repair_type.ts";
import { repairKeyword } from "./repair_keyword.ts";
import { type NamedDialect, schemaDialect } from "./schema_dialect.ts";
import { LIST_KEYWORDS, MAP_KEYWORDS, SCHEMA_KEYWORDS } from "./schema_places.ts";

const MAX_DEPTH = 48;

/** Walks a schema by its keywords and mends one subschema after the other. */
export class SchemaRepairer {
  readonly warnings: string[] = [];
  readonly #named: NamedDialect;

  constructor($schema: JsonValue | undefined) {
    this.#named = schemaDialect($schema);
  }

  /** Mends a whole document. */
  repair(schema: JsonObject): JsonObject {
    const { url, isChanged } = this.#named;
    if (isChanged) this.warn("", `$schema ${url === undefined ? "left out" : `set to ${url}`}`);
    const { $schema: _, ...rest } = schema;
    const mended = this.#object(rest, { at: "", depth: 0 });
    return url === undefined ? mended : { $schema: url, ...mended };
  }

  /** Notes a repair at a JSON pointer. */
  warn(at: string, what: string): void {
    const place = at === "" ? "schema" : `schema at ${at.slice(0, 200)}`;
    this.warnings.push(`${place}: ${what}`);
  }

  #schema(value: JsonValue, place: Place): JsonValue {
    if (typeof value === "boolean") return value;
    if (place.depth > MAX_DEPTH) {
      this.warn(place.at, "left out: nested too deep");
      return {};
    }
    if (isJsonObject(value)) return this.#object(value, place);
    const named = typeof value === "string" ? repairType(value).type : undefined;
    this.warn(place.at, named === undefined ? "left out: not a schema" : "a name made a schema");
    return named === undefined ? {} : { type: named };
  }

  #object(schema: JsonObject, place: Place): JsonObject {
    const { at } = place;
    const mended: Record<string, JsonValue> = Object.create(null);
    for (const [key, value] of Object.entries(schema)) {
      const kept = this.#keyword(key, value, { at: `${at}/${key}`, depth: place.depth + 1 });
      if (kept !== undefined) mended[key] = kept;
    }
    this.#oldWords(mended, at);
    this.#required(mended, { schema, at });
    return { ...mended };
  }

  #keyword(key: string, value: JsonValue, place: Place): JsonValue | undefined {
    if (MAP_KEYWORDS.has(key)) return this.#map(value, place);
    if (LIST_KEYWORDS.has(key)) return this.#list(value, place);
    if (SCHEMA_KEYWORDS.has(key)) return this.#schema(value, place);
    if (key === "items") {
      return Array.isArray(value) ? this.#list(value, place) : this.#schema(value, place);
    }
    if (key === "type") {
      const { type, isChanged } = repairType(value);
      if (isChanged) this.warn(place.at, `${JSON.stringify(value)} read as ${type ?? "anything"}`);
      return type;
    }
    const isBase = key === "$id" || key === "id" && place.depth === 1 && typeof value === "string";
    // It would change what references mean, and compiled schemas of others could share it.
    if (isBase || key === "$schema" || key === "$vocabulary") {
      this.warn(place.at, "left out");
      return undefined;
    }
    const kept = repairKeyword(key, value);
    if (kept !== value && key !== "required") {
      this.warn(place.at, kept === undefined ? "left out: of a wrong kind" : "made a number");
    }
    return kept;
  }

  #map(value: JsonValue, place: Place): JsonValue | undefined {
    if (!isJsonObject(value)) {
      this.warn(place.at, "left out: not an object");
      return undefined;
    }
    const entries = Object.entries(value).map(([name, schema]): [string, JsonValue] => [
      name,
      this.#schema(schema, { at: `${place.at}/${name}`, depth: place.depth + 1 }),
    ]);
    return Object.fromEntries(entries);
  }

  #list(value: JsonValue, place: Place): JsonValue | undefined {
    if (!Array.isArray(value) || value.length === 0) {
      this.warn(place.at, "left out: not a list of schemas");
      return undefined;
    }
    return value.map((schema, index) =>
      this.#schema(schema, { at: `${place.at}/${index}`, depth: place.depth + 1 })
    );
  }

  /** Keywords that meant something else in another draft, turned into today's. */
  #oldWords(schema: Record<string, JsonValue>, at: string): void {
    for (const [limit, exclusive] of EXCLUSIVE) {
      if (typeof schema[exclusive] !== "boolean") continue;
      const bound = schema[limit];
      const isStrict = schema[exclusive] === true && bound !== undefined;
      delete schema[exclusive];
      if (isStrict) schema[exclusive] = bound;
      if (isStrict) delete schema[limit];
      this.warn(at, `${exclusive} of draft-04 turned into that of today`);
    }
    if (schema.nullable === true && typeof schema.type === "string") {
      schema.type = [schema.type, "null"];
      delete schema.nullable;
      this.warn(at, "nullable of OpenAPI turned into a type");
    }
    if (this.#named.dialect !== "2020-12" || !Array.isArray(schema.items)) return;
    schema.prefixItems = schema.items;
    delete schema.items;
    if (schema.additionalItems !== undefined) schema.items = schema.additionalItems;
    delete schema.additionalItems;
    this.warn(at, "items of draft-07 turned into prefixItems");
  }

  /** Names that are not there would refuse every call; flags on properties are of draft-03. */
  #required(
    mended: Record<string, JsonValue>,
    { schema, at }: { readonly schema: JsonObject; readonly at: string },
  ): void {
    const flagged = isJsonObject(schema.properties)
      ? Object.entries(schema.properties).filter(([, one]) => isRequiredFlag(one)).map(([name]) =>
        name
      )
      : [];
    const listed = Array.isArray(mended.required) ? mended.required : [];
    const isOwn = !OPEN_KEYWORDS.some((key) => mended[key] !== undefined);
    const properties = isJsonObject(mended.properties) ? mended.properties : null;
    const isThere = (name: string) =>
      properties === null || !isOwn || Object.hasOwn(properties, name);
    const names = new Set(
      [...listed, ...flagged].filter((name): name is string =>
        typeof name === "string" && isThere(name)
      ),
    );
    const isSame = schema.required === undefined && names.size === 0 ||
      Array.isArray(schema.required) && names.size === schema.required.length &&
        flagged.every((name) => listed.includes(name));
    if (isSame) return;
    if (names.size > 0) mended.required = [...names];
    else delete mended.required;
    if (!isRequiredFlag(schema)) this.warn(at, "required holds what is not there: mended");
  }
}

interface Place {
  /** JSON pointer. */
  readonly at: string;
  readonly depth: number;
}

const EXCLUSIVE = [["minimum", "exclusiveMinimum"], ["maximum", "exclusiveMaximum"]] as const;

/** Keywords by which properties may be named elsewhere than in `properties`. */
const OPEN_KEYWORDS = [
  ...["$ref", "allOf", "anyOf", "oneOf", "if", "patternProperties", "dependentSchemas"],
] as const;

function isRequiredFlag(schema: JsonValue | undefined): boolean {
  return isJsonObject(schema) && schema.required === true;
}
