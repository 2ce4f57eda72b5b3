import type { WorkBudget } from "./work_budget.ts";

/** Whether no two items are equal as JSON, in time linear in their size. */
export function hasUniqueItems(items: readonly unknown[], budget: WorkBudget): boolean {
  const seen = new Set<string>();
  for (const item of items) {
    const text = canonicalText(item);
    budget.spend(1 + text.length / 16);
    if (seen.has(text)) return false;
    seen.add(text);
  }
  return true;
}

/** JSON with sorted property names: equal texts for equal values. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    // A null prototype, or a property named `__proto__` would be lost.
    const sorted: Record<string, unknown> = Object.create(null);
    for (const [name, child] of Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1)) {
      sorted[name] = child;
    }
    return sorted;
  });
}
