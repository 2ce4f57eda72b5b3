import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { authorise } from "../authorise.ts";
import { notFound } from "../require_permission.ts";
import type { CallableCollection } from "./callable_collection.ts";
import type { OfferedTool } from "./offered_tool.ts";

/**
 * How a caller names a tool: by id, slug, display name or its own name, or by its package and export.
 * The version is for whoever knows which was accepted.
 */
export type ToolNaming =
  | { readonly tool: string }
  | { readonly packageName: string; readonly name: string; readonly version?: string };

/**
 * The tool of a collection that a caller means, among those that it may call.
 * @throws {AirlockError} `tool_not_found`, the same for what is not in it and what is not seen;
 * `conflict` where several of that name are.
 */
export function findOffered(
  caller: Caller,
  { id: collectionId, tools }: CallableCollection,
  naming: ToolNaming,
): OfferedTool {
  const seen = tools.filter(({ ownerId: tenant, visibility }) =>
    authorise(caller, "execute", { kind: "tool", tenant, visibility, collectionId }).allowed
  );
  if (!("tool" in naming)) {
    const { packageName, name } = naming;
    const found = seen.find((one) => one.packageName === packageName && one.name === name);
    if (found === undefined) throw notFound("tool");
    return found;
  }
  return pickNamed(seen, naming.tool);
}

/**
 * The tool that is called that: by id or slug, else by what it is called there, else by its own name.
 * One that is there more than once is the first.
 * @throws {AirlockError} `tool_not_found`; `conflict` where several have that name.
 */
export function pickNamed<T extends Pick<OfferedTool, "id" | "slug" | "displayName" | "name">>(
  tools: readonly T[],
  wanted: string,
): T {
  const exact = tools.find(({ id, slug }) => id === wanted || slug === wanted);
  if (exact !== undefined) return exact;
  const displayed = tools.filter(({ displayName }) => displayName === wanted);
  const [first, ...more] = displayed.length > 0
    ? displayed
    : tools.filter(({ name }) => name === wanted);
  if (first === undefined) throw notFound("tool");
  if (more.every(({ id }) => id === first.id)) return first;
  throw new AirlockError("conflict", "find tool: several have that name", {
    stage: "request",
    suggestion: "Name it by its slug.",
    details: { slugs: [first, ...more].slice(0, 10).map(({ slug }) => slug) },
  });
}
