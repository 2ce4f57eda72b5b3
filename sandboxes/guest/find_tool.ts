import { defaultExport, exportScopes } from "./export_scopes.ts";
import { guessFactory } from "./factory_rule.ts";
import type { FindContext } from "./find_context.ts";
import { asTool, type FoundTool, functionTool } from "./found_tool.ts";
import { ToolNotFoundError } from "./guest_errors.ts";
import { openFactory } from "./open_factory.ts";
import {
  append,
  isObjectLike,
  safeGet,
  stringLastIndexOf,
  stringSlice,
  stringSplit,
} from "./primordials.ts";
import { isClass, isFunction, toolNameOf } from "./recognise_tool.ts";
import { memberOf, membersOf } from "./tool_members.ts";
import { walkExports } from "./walk_exports.ts";

/** Names listed in a {@linkcode ToolNotFoundError}. */
const MAX_AVAILABLE = 100;
/** Steps of a dotted name. */
const MAX_STEPS = 8;

/**
 * Finds a tool of a loaded module by an export's name, by a dotted path into one, by the name that
 * a tool gives itself, or by the last step of a path where only one tool ends like that. Factories
 * and classes on the way are opened with what `context` offers.
 *
 * @throws {ToolNotFoundError} with the names that would have worked.
 */
export async function findTool(
  namespace: object,
  toolName: string,
  context: FindContext,
): Promise<FoundTool> {
  const scopes = exportScopes(namespace);
  for (let index = 0; index < scopes.length; index++) {
    const reached = await reach(scopes[index]!, toolName, { context, isNamespace: index === 0 });
    const tool = reached === null ? null : await settle(reached, toolName, context);
    if (tool !== null) return tool;
  }
  const inner = defaultExport(scopes);
  if (toolName === "default" && inner !== undefined) {
    const tool = await settle({ value: inner }, toolName, context);
    if (tool !== null) return tool;
  }
  return await search(namespace, toolName, context);
}

interface Reached {
  readonly value: unknown;
  /** The object that `value` was read from, where it may be its `this`. */
  readonly receiver?: object;
  /** Came out of a factory or a class. */
  readonly shape?: FoundTool["shape"];
}

/** Follows `path` from `scope`: as one name first, then step by step. */
async function reach(
  scope: object,
  path: string,
  { context, isNamespace }: { context: FindContext; isNamespace: boolean },
): Promise<Reached | null> {
  const whole = memberOf(scope, path);
  if (whole !== undefined) return box({ value: whole, receiver: isNamespace ? undefined : scope });
  const steps = stringSplit(path, ".");
  if (steps.length < 2 || steps.length > MAX_STEPS) return null;
  let value: unknown = scope;
  let receiver: object | undefined;
  let opened: FoundTool["shape"] | undefined;
  for (let index = 0; index < steps.length; index++) {
    let next = memberOf(value, steps[index]!);
    if (next === undefined && isFunction(value) && value !== scope) {
      const { made } = await openFactory(value, context, { member: steps[index]! });
      opened = isClass(value) ? "method" : "factory";
      value = made;
      next = memberOf(value, steps[index]!);
    }
    if (next === undefined) return null;
    receiver = isObjectLike(value) && index > 0 ? value : undefined;
    value = next;
  }
  return box({ value, receiver, shape: opened });
}

/** Without a prototype, so that a planted `then` cannot make a thenable of it. */
function box(reached: Reached): Reached {
  return { __proto__: null, ...reached } as Reached;
}

/** Makes a callable tool of a value that a name led to; `null` where it is none. */
async function settle(
  { value, receiver, shape }: Reached,
  name: string,
  context: FindContext,
): Promise<FoundTool | null> {
  const tool = asTool(value, { name, shape });
  if (tool !== null) return tool;
  if (!isFunction(value)) return onlyTool(value, { name, shape });
  if (isClass(value)) return await openAs(value, { name, shape: "method" }, context);
  if (guessFactory(value, lastStep(name)) === "sure") {
    const opened = await openAs(value, { name, shape: "factory" }, context);
    if (opened !== null) return opened;
  }
  // What stands on its own in a CommonJS module's exports is a function like any other.
  const nested = receiver !== undefined && name !== lastStep(name);
  return functionTool(value, { name, receiver, shape: shape ?? (nested ? "method" : "function") });
}

async function openAs(
  factory: (...args: unknown[]) => unknown,
  at: { name: string; shape: FoundTool["shape"] },
  context: FindContext,
): Promise<FoundTool | null> {
  const { made, opened } = await openFactory(factory, context);
  if (!opened) return null;
  return asTool(made, at) ?? onlyTool(made, at);
}

/** The tool of a container that holds exactly one. */
function onlyTool(
  container: unknown,
  at: { name: string; shape?: FoundTool["shape"] },
): FoundTool | null {
  let only: FoundTool | null = null;
  const members = membersOf(container);
  for (let index = 0; index < members.length; index++) {
    const tool = asTool(members[index]!.value, at);
    if (tool === null) continue;
    if (only !== null && only.value !== tool.value) return null;
    only = tool;
  }
  return only;
}

async function search(
  namespace: object,
  toolName: string,
  context: FindContext,
): Promise<FoundTool> {
  const { tools } = await walkExports(namespace, { ...context, factories: "sure" });
  const available: string[] = [];
  const matching: FoundTool[] = [];
  for (let index = 0; index < tools.length; index++) {
    const tool = tools[index]!;
    if (index < MAX_AVAILABLE) append(available, tool.name);
    if (!answersTo(tool, toolName, tools.length)) continue;
    if (matching.length === 0 || matching[0]!.value !== tool.value) append(matching, tool);
  }
  if (matching.length === 1) return matching[0]!;
  if (matching.length === 0) throw new ToolNotFoundError(toolName, available);
  const candidates: string[] = [];
  for (let index = 0; index < matching.length && index < MAX_AVAILABLE; index++) {
    append(candidates, matching[index]!.name);
  }
  throw new ToolNotFoundError(toolName, candidates, { state: "several tools have this name" });
}

/** A package that names its one tool `default` need not have a default export. */
function answersTo(tool: FoundTool, toolName: string, count: number): boolean {
  if (toolName === "default" && count === 1) return true;
  if (lastStep(tool.name) === toolName || toolNameOf(tool.value) === toolName) return true;
  // The name in a default-exported function's own source.
  return tool.name === "default" && safeGet(tool.value, "name") === toolName;
}

function lastStep(path: string): string {
  const dot = stringLastIndexOf(path, ".");
  return dot === -1 ? path : stringSlice(path, dot + 1);
}
