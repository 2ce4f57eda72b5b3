import type { ToolShape } from "../../spec/tool.ts";
import { type AnyFunction, type RecognisedTool, recogniseTool } from "./recognise_tool.ts";

/** A tool under the name that calls it. */
export interface FoundTool extends RecognisedTool {
  /** Export, or dotted path inside one. */
  readonly name: string;
}

/** How a value came to be looked at. */
export interface FoundAt {
  readonly name: string;
  /** Overrides the shape that the value itself suggests. */
  readonly shape?: ToolShape;
}

/** `value` as a tool called `name`; `null` where it does not say that it is one. */
export function asTool(value: unknown, { name, shape }: FoundAt): FoundTool | null {
  const tool = recogniseTool(value);
  if (tool === null) return null;
  // Without a prototype, so that a planted `then` cannot make a thenable of it.
  return { __proto__: null, ...tool, shape: shape ?? tool.shape, name } as FoundTool;
}

/**
 * A function without a schema as a tool; `receiver` is the object that it was read from. What is
 * read from a CommonJS module's exports is a plain function all the same.
 */
export function functionTool(
  method: AnyFunction,
  { name, receiver, shape }: FoundAt & { receiver?: object },
): FoundTool {
  return {
    __proto__: null,
    name,
    shape: shape ?? "function",
    style: "function",
    value: method,
    method,
    receiver,
  } as FoundTool;
}
