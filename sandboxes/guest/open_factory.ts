import type { FindContext } from "./find_context.ts";
import {
  append,
  isObjectLike,
  objectKeys,
  reflectApply,
  reflectConstruct,
  regExpExec,
  safeGet,
} from "./primordials.ts";
import { type AnyFunction, isClass } from "./recognise_tool.ts";
import { describeFailure } from "./tool_failure.ts";
import { holdsTools, memberOf } from "./tool_members.ts";

/** What came of a factory: `made` holds tools; where nothing does, `failure` may say why. */
export interface OpenedFactory {
  readonly made: unknown;
  readonly opened: boolean;
  /** What the last candidate that threw had to say. */
  readonly failure: string | null;
}

/**
 * Calls a factory, or constructs a class, with one configuration after another until what comes back
 * recognisably holds a tool: `()`, `(env)`, `({ apiKey, … })`, `({ key })`, `(value)`. The value is
 * the first declared variable that sounds like a secret, else the first declared, else the first.
 * A function that answers with a primitive is no factory and is not called again.
 *
 * `member` is what a caller named inside of it: whatever has that is what was meant.
 */
export async function openFactory(
  fn: AnyFunction,
  context: FindContext,
  { member }: { readonly member?: string } = {},
): Promise<OpenedFactory> {
  // A constructor of before there were classes is known by the method that it lends.
  const constructs = isClass(fn) ||
    (member !== undefined && memberOf(safeGet(fn, "prototype"), member) !== undefined);
  const candidates = configurations(context, member);
  let failure: string | null = null;
  for (let index = 0; index < candidates.length; index++) {
    try {
      const args = candidates[index]!;
      const made: unknown =
        await (constructs ? reflectConstruct(fn, args) : reflectApply(fn, undefined, args));
      if (holdsTools(made) || (member !== undefined && memberOf(made, member) !== undefined)) {
        return { __proto__: null, made, opened: true, failure: null } as OpenedFactory;
      }
      if (!isObjectLike(made)) break;
    } catch (error) {
      failure = describeFailure(error).message;
    }
  }
  return { __proto__: null, made: undefined, opened: false, failure } as OpenedFactory;
}

const SECRET_NAME = /KEY|TOKEN|SECRET/;

function configurations(context: FindContext, member?: string): unknown[][] {
  const { env } = context;
  const list: unknown[][] = [[]];
  const name = mainVariable(context);
  if (name === undefined) return list;
  const value = env[name];
  // Nothing tells a client that was configured by half from a whole one: the fullest comes first.
  if (member === undefined) append(list, [{ ...env }]);
  append(list, [{ ...env, apiKey: value }]);
  append(list, [{ key: value }]);
  append(list, [value]);
  return list;
}

function mainVariable({ env, declaredEnv }: FindContext): string | undefined {
  const names: string[] = [];
  const given = objectKeys(env);
  for (let index = 0; index < declaredEnv.length; index++) {
    if (env[declaredEnv[index]!] !== undefined) append(names, declaredEnv[index]!);
  }
  for (let index = 0; index < given.length; index++) append(names, given[index]!);
  for (let index = 0; index < names.length; index++) {
    if (regExpExec(SECRET_NAME, names[index]!) !== null) return names[index];
  }
  return names[0];
}
