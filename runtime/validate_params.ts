import { createHash } from "node:crypto";
import { AirlockError } from "../spec/errors.ts";
import type { JsonSchema, JsonValue } from "../spec/json.ts";
import { issuesMessage, paramsIssues } from "./validation/params_issues.ts";
import { type CompiledSchema, SchemaCompiler } from "./validation/schema_compiler.ts";
import { type ValueBounds, valueSize } from "./validation/value_size.ts";
import { WorkBudget } from "./validation/work_budget.ts";

/** Schemas kept compiled; the least recently used goes first. */
const MAX_COMPILED = 500;
/** A schema beyond these is not compiled: compiling takes about 0.1 ms per node, uninterruptible. */
const SCHEMA_BOUNDS: ValueBounds = { nodes: 4_000, depth: 64, characters: 128 * 1024 };
/** Parameters beyond these are not checked. */
const PARAMS_BOUNDS: ValueBounds = { nodes: 500_000, depth: 2_000, characters: 64 * 1024 * 1024 };
/** Schema nodes times parameter nodes that one validation may cost: at most some tenths of a second. */
const MAX_WORK = 10_000_000;
/** The same, up to which every fault is looked for, not only the first. */
const ALL_ERRORS_WORK = 500_000;
/** The least that references get of it, so that a large schema does not starve them. */
const MIN_STEPS = 10_000;

/** Checks the parameters of calls. */
export interface ParamsValidator {
  /**
   * Checks `params` against `schema`, as far as that can be done safely. The schema comes from the
   * tool's author and is not trusted: what cannot be compiled or is too costly is not checked, which
   * the returned warnings say. The tool sees the parameters unchanged in any case.
   * @throws {AirlockError} `invalid_input` with `details.issues`: `{ path, message }` each.
   */
  validate(schema: JsonSchema, params: JsonValue): readonly string[];
}

/** Makes a validator with a cache of its own. */
export function createParamsValidator(): ParamsValidator {
  const cache = new SchemaCache();
  return { validate: (schema, params) => cache.validate(schema, params) };
}

interface Identity {
  readonly hash: string;
  readonly nodes: number;
}

/** Compiled by whether all errors are wanted; absent until first needed; a warning where it failed. */
type Compiled = Map<boolean, CompiledSchema | string>;

class SchemaCache implements ParamsValidator {
  readonly #budget = new WorkBudget();
  readonly #compiler = new SchemaCompiler(this.#budget);
  readonly #compiledByHash = new Map<string, Compiled>();
  /** Spares measuring and hashing of schemas that stay in memory, as manifests do. */
  readonly #identities = new WeakMap<JsonSchema, Identity>();

  validate(schema: JsonSchema, params: JsonValue): readonly string[] {
    const identity = this.#identityOf(schema);
    if (identity === null) return ["parameters not checked: the schema is too large"];
    const size = valueSize(params, PARAMS_BOUNDS);
    if (size === null) return ["parameters not checked: they are too large"];
    const work = size.nodes * identity.nodes;
    if (work > MAX_WORK) return ["parameters not checked: too much work"];
    const allErrors = work <= ALL_ERRORS_WORK;
    const compiled = this.#compile(schema, { hash: identity.hash, allErrors });
    if (typeof compiled === "string") return [compiled];
    const { validate, warnings } = compiled;
    this.#budget.begin(Math.max(MIN_STEPS, MAX_WORK / identity.nodes));
    try {
      if (validate(params)) return warnings;
    } catch {
      // The budget's end, or the stack's where a schema refers to itself: says nothing about params.
      return ["parameters not checked: the schema asks for too much work"];
    }
    throw invalidInput(validate.errors ?? []);
  }

  #identityOf(schema: JsonSchema): Identity | null {
    const seen = this.#identities.get(schema);
    if (seen !== undefined) return seen;
    const size = valueSize(schema, SCHEMA_BOUNDS);
    if (size === null) return null;
    const hash = createHash("sha256").update(JSON.stringify(schema)).digest("base64url");
    const identity = { hash, nodes: size.nodes };
    this.#identities.set(schema, identity);
    return identity;
  }

  #compile(
    schema: JsonSchema,
    options: { readonly hash: string; readonly allErrors: boolean },
  ): CompiledSchema | string {
    const { hash, allErrors } = options;
    const known: Compiled = this.#compiledByHash.get(hash) ?? new Map();
    // Set again, it is the most recently used.
    this.#compiledByHash.delete(hash);
    this.#compiledByHash.set(hash, known);
    if (this.#compiledByHash.size > MAX_COMPILED) {
      const [oldest] = this.#compiledByHash.keys();
      if (oldest !== undefined) this.#compiledByHash.delete(oldest);
    }
    const compiled = known.get(allErrors) ?? this.#compileNew(schema, allErrors);
    known.set(allErrors, compiled);
    return compiled;
  }

  #compileNew(schema: JsonSchema, allErrors: boolean): CompiledSchema | string {
    // Checking that it is a schema is a validation too, with the schema as its data.
    this.#budget.begin(MAX_WORK);
    try {
      return this.#compiler.compile(schema, { allErrors });
    } catch {
      // Whatever is wrong with it is its author's to mend; the caller must not pay for that.
      return "parameters not checked: the schema cannot be compiled";
    }
  }
}

function invalidInput(errors: NonNullable<CompiledSchema["validate"]["errors"]>): AirlockError {
  const issues = paramsIssues(errors);
  return new AirlockError("invalid_input", `Checking parameters: ${issuesMessage(issues)}`, {
    stage: "request",
    suggestion: "Send params that match the tool's input schema",
    details: { issues },
  });
}
