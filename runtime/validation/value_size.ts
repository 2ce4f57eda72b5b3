/** How large a JSON value is. */
export interface ValueSize {
  /** Objects, arrays and scalars. */
  readonly nodes: number;
  /** Levels of nesting. */
  readonly depth: number;
  /** Characters in strings and property names. */
  readonly characters: number;
}

/** Bounds for {@linkcode valueSize}. */
export type ValueBounds = ValueSize;

/**
 * Measures a JSON value without recursion; `null` when it exceeds a bound, found after no more work
 * than the bounds allow.
 */
export function valueSize(value: unknown, bounds: ValueBounds): ValueSize | null {
  let nodes = 0;
  let depth = 0;
  let characters = 0;
  const open: { readonly value: unknown; readonly level: number }[] = [{ value, level: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    nodes += 1;
    depth = Math.max(depth, next.level);
    if (typeof next.value === "string") characters += next.value.length;
    if (typeof next.value === "object" && next.value !== null) {
      const level = next.level + 1;
      for (const [name, child] of Object.entries(next.value)) {
        if (!Array.isArray(next.value)) characters += name.length;
        open.push({ value: child, level });
        if (nodes + open.length > bounds.nodes) return null;
      }
    }
    if (nodes > bounds.nodes || depth > bounds.depth || characters > bounds.characters) return null;
  }
  return { nodes, depth, characters };
}
