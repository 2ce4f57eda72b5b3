import { type AnyNode, parse } from "acorn";
import { buildError } from "./build_error.ts";

/** A node and what it is inside of. */
export interface Place {
  readonly node: AnyNode;
  /** The property of the parent that holds the node. */
  readonly key: string;
  readonly parent: Place | null;
}

/**
 * Parses JavaScript without running it.
 * @throws {AirlockError} `artifact_failed` where it cannot be parsed, or nests too deeply to be.
 */
export function parseModule(source: string): AnyNode {
  try {
    return parse(source, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
  } catch (cause) {
    throw buildError("unreadable_code", "its code cannot be parsed", {
      suggestion: "Publish standard JavaScript without extreme nesting",
      cause,
    });
  }
}

/** Every node below `root`, parents first. Iterative: depth of nesting costs no stack. */
export function* walkTree(root: AnyNode): Generator<Place> {
  const pending: Place[] = [{ node: root, key: "", parent: null }];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    yield place;
    for (const [key, value] of Object.entries(place.node)) {
      if (isNode(value)) pending.push({ node: value, key, parent: place });
      else if (Array.isArray(value)) {
        for (const item of value) {
          if (isNode(item)) pending.push({ node: item, key, parent: place });
        }
      }
    }
  }
}

/** Whether a failure at `place` would be caught by the code around it. */
export function insideTry(place: Place): boolean {
  for (let inner = place; inner.parent !== null; inner = inner.parent) {
    if (inner.parent.node.type === "TryStatement" && inner.key === "block") return true;
  }
  return false;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value &&
    typeof value.type === "string";
}
