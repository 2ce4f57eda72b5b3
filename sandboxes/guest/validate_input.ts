import { type InputIssue, InvalidInputError } from "./guest_errors.ts";
import { issuePath } from "./json_path.ts";
import {
  append,
  isArray,
  isObjectLike,
  reflectApply,
  safeGet,
  stringSlice,
} from "./primordials.ts";
import { isFunction } from "./recognise_tool.ts";
import { describeFailure } from "./tool_failure.ts";

/** Boxed, so that a value with a `then` of its own is not taken for a promise. */
export interface ValidInput {
  readonly value: unknown;
}

const MAX_ISSUES = 50;
const MAX_MESSAGE = 1024;

/**
 * Parses `params` through a tool's own schema, as the tool's framework would: an AI SDK schema's
 * `validate`, Zod 3 and 4 `safeParseAsync` or `safeParse`, Standard Schema `~standard.validate`;
 * a function without any of these is a schema made on demand. A schema that cannot validate (plain
 * JSON Schema) passes `params` on.
 *
 * @throws {InvalidInputError} when the schema refuses, with the path of each issue.
 */
export async function validateInput(schema: unknown, params: unknown): Promise<ValidInput> {
  const standard = safeGet(schema, "~standard");
  const parse = firstFunction(schema, ["safeParseAsync", "safeParse"]);
  if (isFunction(schema) && standard === undefined && parse === undefined) {
    const made: unknown = await reflectApply(schema, undefined, []);
    return isFunction(made) ? box(params) : await validateInput(made, params);
  }
  // An AI SDK schema first: its `validate` may do more than the schema that it wraps.
  const validate = safeGet(schema, "jsonSchema") === undefined
    ? undefined
    : safeGet(schema, "validate");
  if (isFunction(validate)) return read(await reflectApply(validate, schema, [params]), "value");
  if (parse !== undefined) return read(await reflectApply(parse, schema, [params]), "data");
  const check = safeGet(standard, "validate");
  if (!isFunction(check)) return box(params);
  const result: unknown = await reflectApply(check, standard, [params]);
  const issues = safeGet(result, "issues");
  if (issues !== undefined && issues !== null) throw new InvalidInputError(readIssues(issues));
  return box(safeGet(result, "value"));
}

/** Reads `{ success, [key], error }`. */
function read(result: unknown, key: "value" | "data"): ValidInput {
  if (safeGet(result, "success") === true) return box(safeGet(result, key));
  const error = safeGet(result, "error");
  const issues = safeGet(error, "issues") ?? safeGet(safeGet(error, "cause"), "issues");
  const list = readIssues(issues);
  if (list.length > 0) throw new InvalidInputError(list);
  throw new InvalidInputError([{ path: "$", message: describeFailure(error).message }]);
}

function readIssues(issues: unknown): InputIssue[] {
  const list: InputIssue[] = [];
  const length: unknown = isArray(issues) ? safeGet(issues, "length") : 0;
  for (let index = 0; typeof length === "number" && index < length && index < MAX_ISSUES; index++) {
    const issue = safeGet(issues, index);
    const message = safeGet(issue, "message");
    append(list, {
      path: issuePath(safeGet(issue, "path")),
      message: typeof message === "string" ? stringSlice(message, 0, MAX_MESSAGE) : "invalid",
    });
  }
  return list;
}

function firstFunction(value: unknown, keys: readonly string[]) {
  if (!isObjectLike(value)) return undefined;
  for (let index = 0; index < keys.length; index++) {
    const method = safeGet(value, keys[index]!);
    if (isFunction(method)) return method;
  }
  return undefined;
}

function box(value: unknown): ValidInput {
  return { __proto__: null, value } as ValidInput;
}
