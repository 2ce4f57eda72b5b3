/**
 * The one JSON text of a value: members sorted by name (UTF-16 order, as in RFC 8785), no white
 * space, members that are `undefined` left out. Equal values have equal texts, so the text can be
 * hashed and compared.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => sortMembers(member));
}

function sortMembers(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  // A null prototype keeps a member called `__proto__` a member.
  const sorted: Record<string, unknown> = Object.create(null);
  for (const [name, member] of Object.entries(value).sort(byName)) sorted[name] = member;
  return sorted;
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
