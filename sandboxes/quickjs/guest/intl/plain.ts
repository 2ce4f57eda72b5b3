/** JSON that also holds what JSON has not: tagged by a single member. */
export type Plain =
  | string
  | boolean
  | number
  | null
  | readonly Plain[]
  | { readonly u: 1 }
  | { readonly n: string }
  | { readonly b: string }
  | { readonly o: Readonly<Record<string, Plain>> };

const MAX_DEPTH = 6;

/** Makes a value plain; what cannot be told becomes `undefined`. */
export function toPlain(value: unknown, depth = 0): Plain {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { n: Object.is(value, -0) ? "-0" : String(value) };
    case "bigint":
      return { b: String(value) };
    case "object":
      break;
    default:
      return { u: 1 };
  }
  if (value === null) return null;
  if (value instanceof Date) return toPlain(value.getTime());
  if (depth === MAX_DEPTH) return { u: 1 };
  if (Array.isArray(value)) return value.map((item) => toPlain(item, depth + 1));
  const members: Record<string, Plain> = {};
  for (const name in value) {
    // What is undefined is as if it were not there.
    const member: unknown = Reflect.get(value, name);
    if (member !== undefined && name !== "__proto__") members[name] = toPlain(member, depth + 1);
  }
  return { o: members };
}

/** What {@linkcode toPlain} was given, as far as it could be told. */
export function fromPlain(plain: Plain): unknown {
  if (typeof plain !== "object" || plain === null) return plain;
  if (isList(plain)) return plain.map(fromPlain);
  if ("n" in plain) return Number(plain.n);
  if ("b" in plain) return BigInt(plain.b);
  if (!("o" in plain)) return undefined;
  return Object.fromEntries(Object.entries(plain.o).map(([name, item]) => [name, fromPlain(item)]));
}

function isList(plain: Plain): plain is readonly Plain[] {
  return Array.isArray(plain);
}
