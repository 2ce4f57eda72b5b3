import ts from "typescript";
import type { JsonObject, JsonSchema, JsonValue } from "../../../../spec/json.ts";
import { documentationOf } from "./documentation_of.ts";

const MAX_DEPTH = 7;
const MAX_NODES = 2_000;
const MAX_PROPERTIES = 200;
const MAX_LITERALS = 500;
const MAX_WARNINGS = 15;

const F = ts.TypeFlags;
const PRIMITIVES: readonly (readonly [ts.TypeFlags, JsonObject])[] = [
  [F.StringLike, { type: "string" }],
  [F.NumberLike, { type: "number" }],
  [F.BooleanLike, { type: "boolean" }],
  [F.Null, { type: "null" }],
];

/**
 * Writes TypeScript types as JSON Schema. What JSON has no word for (functions, dates, what comes
 * from another package) becomes `{}`, which accepts anything, and a warning.
 */
export class SchemaWriter {
  readonly warnings: string[] = [];
  readonly #checker: ts.TypeChecker;
  readonly #open = new Set<ts.Type>();
  #nodes = 0;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** @param at Where the type stands, for warnings. */
  write(type: ts.Type, at: string): JsonSchema {
    if (++this.#nodes > MAX_NODES) return this.#anything(at, "there is too much of it");
    if (this.#open.size >= MAX_DEPTH) return this.#anything(at, "it is nested too deep");
    if (this.#open.has(type)) return this.#anything(at, "it refers to itself");
    this.#open.add(type);
    try {
      return this.#write(type, at);
    } finally {
      this.#open.delete(type);
    }
  }

  /** Whether a value of the type may be a plain JSON object. */
  mayBeObject(type: ts.Type): boolean {
    if (type.isUnion()) return type.types.some((member) => this.mayBeObject(member));
    if (type.flags & (F.StringLike | F.NumberLike | F.BooleanLike | F.Null | F.Undefined)) {
      return false;
    }
    if (type.flags & (F.BigIntLike | F.ESSymbolLike | F.VoidLike | F.Never)) return false;
    if (this.#checker.isArrayType(type) || this.#checker.isTupleType(type)) return false;
    const constraint = this.#constraintOf(type);
    if (constraint !== undefined) return this.mayBeObject(constraint);
    if (type.isIntersection()) return type.types.every((member) => this.mayBeObject(member));
    return this.#foreign(type) === undefined;
  }

  /** Whether every value of the type, but for its absence, is an object with members of its own. */
  isObjectOnly(type: ts.Type): boolean {
    const members = type.isUnion()
      ? type.types.filter(({ flags }) => (flags & (F.Undefined | F.Null)) === 0)
      : [type];
    return members.length > 0 && members.every((member) => {
      const meant = this.#constraintOf(member) ?? member;
      return (meant.flags & (F.Object | F.Intersection)) !== 0 && this.mayBeObject(meant);
    });
  }

  #write(type: ts.Type, at: string): JsonSchema {
    if (type.isUnion()) return this.#union(type.types, { type, at });
    const literal = literalOf(type);
    if (literal !== undefined) return { enum: [literal] };
    for (const [flag, schema] of PRIMITIVES) if (type.flags & flag) return schema;
    const constraint = this.#constraintOf(type);
    if (constraint !== undefined) return this.write(constraint, at);
    if (type.isIntersection()) {
      // A branded text is a text.
      const plain = type.types.find(({ flags }) => flags & (F.StringLike | F.NumberLike));
      if (plain !== undefined) return this.write(plain, at);
    }
    if (this.#checker.isArrayType(type)) return this.#list(type, at);
    if (this.#checker.isTupleType(type)) return this.#tuple(type, at);
    if (type.flags & (F.Object | F.Intersection)) return this.#object(type, at);
    return this.#anything(at, "its type says nothing");
  }

  #union(
    types: readonly ts.Type[],
    { type, at }: { readonly type: ts.Type; readonly at: string },
  ): JsonSchema {
    if (type.flags & F.BooleanLike) return { type: "boolean" };
    const some = types.filter(({ flags }) => (flags & (F.Undefined | F.VoidLike)) === 0);
    // Beside what JSON can say, what it cannot is no loss to whoever calls.
    const sayable = some.filter((member) => this.#foreign(member) === undefined);
    const present = sayable.length > 0 ? sayable : some;
    const literals = present.map(literalOf).filter((literal) => literal !== undefined);
    const isBoolean = literals.includes(true) && literals.includes(false);
    const words = isBoolean ? literals.filter((one) => typeof one !== "boolean") : literals;
    const rest = present.filter((member) => literalOf(member) === undefined);
    const parts: JsonSchema[] = [
      ...(words.length > 0 ? [{ enum: words.slice(0, MAX_LITERALS) }] : []),
      ...(isBoolean ? [{ type: "boolean" }] : []),
      ...rest.map((member) => this.write(member, at)),
    ];
    const seen = new Map(parts.map((part) => [JSON.stringify(part), part]));
    // One that accepts anything makes the others meaningless.
    if (seen.has("{}")) return {};
    const [only] = seen.values();
    return seen.size === 1 && only !== undefined ? only : { anyOf: [...seen.values()] };
  }

  #list(type: ts.Type, at: string): JsonSchema {
    const [item] = this.#checker.getTypeArguments(type as ts.TypeReference);
    return { type: "array", items: item === undefined ? {} : this.write(item, `${at}[]`) };
  }

  #tuple(type: ts.Type, at: string): JsonSchema {
    const reference = type as ts.TupleTypeReference;
    const { elementFlags, minLength } = reference.target;
    const items = this.#checker.getTypeArguments(reference);
    const fixed = items.filter((_, index) =>
      !((elementFlags[index] ?? 0) & ts.ElementFlags.Variable)
    );
    const rest = items.find((_, index) => (elementFlags[index] ?? 0) & ts.ElementFlags.Variable);
    return {
      type: "array",
      ...(fixed.length > 0 &&
        { prefixItems: fixed.map((item, index) => this.write(item, `${at}[${index}]`)) }),
      minItems: minLength,
      items: rest === undefined ? false : this.write(rest, `${at}[]`),
    };
  }

  #object(type: ts.Type, at: string): JsonSchema {
    const foreign = this.#foreign(type);
    if (foreign !== undefined) return this.#anything(at, `JSON has no ${foreign}`);
    const members = this.#checker.getPropertiesOfType(type);
    const properties: [string, JsonValue][] = [];
    const required: string[] = [];
    for (const member of members.slice(0, MAX_PROPERTIES)) {
      // Names of symbols cannot be written in JSON.
      if (member.name.startsWith("__@") || member.name === "__proto__") continue;
      properties.push([member.name, this.#property(member, `${at}.${member.name}`)]);
      if (!(member.flags & ts.SymbolFlags.Optional)) required.push(member.name);
    }
    if (members.length > MAX_PROPERTIES) {
      this.#warn(at, `only ${MAX_PROPERTIES} properties are told`);
    }
    const others = this.#checker.getIndexInfosOfType(type)
      .find(({ keyType }) => keyType.flags & (F.String | F.Number));
    return {
      type: "object",
      properties: Object.fromEntries(properties),
      ...(required.length > 0 && { required }),
      ...(others !== undefined && { additionalProperties: this.write(others.type, `${at}.*`) }),
    };
  }

  #property(member: ts.Symbol, at: string): JsonSchema {
    const schema = this.write(this.#checker.getTypeOfSymbol(member), at);
    return { ...schema, ...documentationOf(member, this.#checker) };
  }

  /** What an unresolved type is known to be at least; `undefined` for a type that is what it is. */
  #constraintOf(type: ts.Type): ts.Type | undefined {
    if (!(type.flags & F.Instantiable) || type.flags & F.StringLike) return undefined;
    const constraint = this.#checker.getBaseConstraintOfType(type);
    return constraint === type ? undefined : constraint;
  }

  /** As {@linkcode foreignName}, also of what a type is at least, or among other things. */
  #foreign(type: ts.Type): string | undefined {
    const constraint = this.#constraintOf(type);
    if (constraint !== undefined) return this.#foreign(constraint);
    if (!type.isIntersection()) return foreignName(type);
    return type.types.map((member) => this.#foreign(member)).find((name) => name !== undefined);
  }

  #anything(at: string, why: string): JsonSchema {
    this.#warn(at, `accepts anything: ${why}`);
    return {};
  }

  #warn(at: string, what: string): void {
    const text = `types: ${at.slice(0, 120)} ${what}`;
    if (this.warnings.length < MAX_WARNINGS && !this.warnings.includes(text)) {
      this.warnings.push(text);
    }
  }
}

function literalOf(type: ts.Type): string | number | boolean | undefined {
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
  if (!(type.flags & F.BooleanLiteral)) return undefined;
  return "intrinsicName" in type ? type.intrinsicName === "true" : undefined;
}

/** What a type is that no JSON value is an instance of: a platform type, a function, a class. */
function foreignName(type: ts.Type): string | undefined {
  if (isFunctionOnly(type)) return "function";
  if (type.isClass()) return "instance of a class";
  const mark = type.symbol?.members?.get(ts.escapeLeadingUnderscores("__foreign"));
  return mark === undefined ? undefined : type.symbol.name;
}

function isFunctionOnly(type: ts.Type): boolean {
  return type.getCallSignatures().length + type.getConstructSignatures().length > 0;
}
