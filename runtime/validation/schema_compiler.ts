import { Ajv, type Options, type ValidateFunction } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { JsonSchema } from "../../spec/json.ts";
import { linearPattern } from "./linear_pattern.ts";
import { hasUniqueItems } from "./unique_items.ts";
import type { WorkBudget } from "./work_budget.ts";

/** An ajv instance keeps something of all it ever compiled, so it is replaced after this many. */
const COMPILES_PER_INSTANCE = 200;
/** Counts one unit of work wherever a schema refers to another: the only way work can multiply. */
const STEP_KEYWORD = "x-airlock-step";

/** A compiled schema, and what of it could not be honoured. */
export interface CompiledSchema {
  readonly validate: ValidateFunction;
  readonly warnings: readonly string[];
}

type Dialect = "2020-12" | "2019-09" | "draft-07";

const CLASSES = { "2020-12": Ajv2020, "2019-09": Ajv2019, "draft-07": Ajv } as const;

/**
 * Compiles schemas that nobody vouches for: references are never fetched, patterns are matched in
 * linear time, and repeated work is charged to `budget`. The caller bounds the schema's size.
 */
export class SchemaCompiler {
  readonly #budget: WorkBudget;
  readonly #instances = new Map<string, { readonly ajv: Ajv; compiles: number }>();
  #warnings: string[] = [];

  constructor(budget: WorkBudget) {
    this.#budget = budget;
  }

  /**
   * @param options.allErrors Whether validation goes on after the first error.
   * @throws {Error} when the schema is not one, refers to what it does not contain, or is in a
   * dialect that is not known.
   */
  compile(schema: JsonSchema, options: { readonly allErrors: boolean }): CompiledSchema {
    const dialect = dialectOf(schema.$schema);
    const ajv = this.#instance(dialect, options.allErrors);
    this.#warnings = [];
    const validate = ajv.compile(counted(schema));
    if ("$async" in validate) throw new Error("compile schema: it is asynchronous");
    return { validate, warnings: this.#warnings };
  }

  #instance(dialect: Dialect, allErrors: boolean): Ajv {
    const name = `${dialect} ${allErrors}`;
    let instance = this.#instances.get(name);
    if (instance === undefined || instance.compiles >= COMPILES_PER_INSTANCE) {
      instance = { ajv: this.#makeInstance(dialect, allErrors), compiles: 0 };
      this.#instances.set(name, instance);
    }
    instance.compiles += 1;
    return instance.ajv;
  }

  #makeInstance(dialect: Dialect, allErrors: boolean): Ajv {
    const budget = this.#budget;
    const onUnsupported = (pattern: string) => {
      this.#warnings.push(`pattern not checked: ${JSON.stringify(pattern.slice(0, 200))}`);
    };
    const pattern = (text: string) => linearPattern(text, { budget, onUnsupported });
    const options: Options = {
      strict: false,
      allErrors,
      logger: false,
      addUsedSchema: false,
      // Inlining would copy a large schema to each of its many references.
      inlineRefs: false,
      code: { regExp: Object.assign(pattern, { code: "linearPattern" }) },
    };
    const ajv = new CLASSES[dialect](options);
    // The quick forms of formats: the full ones are slow on long hostile text.
    addFormats.default(ajv, { mode: "fast" });
    ajv.removeKeyword("uniqueItems");
    ajv.addKeyword({
      keyword: "uniqueItems",
      type: "array",
      schemaType: "boolean",
      error: { message: "must not have equal items" },
      validate: (isWanted: boolean, items: unknown[]) => !isWanted || hasUniqueItems(items, budget),
    });
    ajv.addKeyword({
      keyword: STEP_KEYWORD,
      schemaType: "boolean",
      validate: () => {
        budget.spend(1);
        return true;
      },
    });
    return ajv;
  }
}

function dialectOf($schema: unknown): Dialect {
  if ($schema === undefined) return "2020-12";
  const match = /^https?:\/\/json-schema\.org\/(?:draft\/)?(2020-12|2019-09|draft-07)\/schema#?$/
    .exec(String($schema));
  if (match === null) throw new Error("compile schema: its dialect is not known");
  return match[1] === "2020-12" ? "2020-12" : match[1] === "2019-09" ? "2019-09" : "draft-07";
}

/**
 * A copy with {@linkcode STEP_KEYWORD} beside every reference. Wherever it stands: a reference may
 * point anywhere in a schema, so no place is certain never to be run.
 */
function counted(schema: JsonSchema): JsonSchema {
  const copy = structuredClone(schema);
  const open: object[] = [copy];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const child of Object.values(node)) {
      if (typeof child === "object" && child !== null) open.push(child);
    }
    const refers = REFERENCES.some((name) => typeof Reflect.get(node, name) === "string");
    if (refers) Reflect.set(node, STEP_KEYWORD, true);
  }
  return copy;
}

const REFERENCES = ["$ref", "$dynamicRef", "$recursiveRef"] as const;
