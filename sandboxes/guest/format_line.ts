const { stringify } = JSON;
const { parseInt, parseFloat, String, Number } = globalThis;

/** Shows a value that is not a string. */
export type Inspect = (value: unknown) => string;

/** The text of one line as the Console Standard has it, with `%s %d %i %f %o %O %j %c %%`. */
export function formatLine(values: readonly unknown[], inspect: Inspect): string {
  const show = (value: unknown) => typeof value === "string" ? value : inspect(value);
  const [first, ...rest] = values;
  if (typeof first !== "string") return values.map(show).join(" ");
  let used = 0;
  const head = first.replace(/%([sdifoOjc%])/g, (match, kind: string) => {
    if (kind === "%") return "%";
    if (used >= rest.length) return match;
    return convert(rest[used++], kind, inspect);
  });
  return [head, ...rest.slice(used).map(show)].join(" ");
}

function jsonOf(value: unknown): string | undefined {
  try {
    return stringify(value);
  } catch {
    // A circle, or a `toJSON` that throws: it is shown as any value is.
    return undefined;
  }
}

function convert(value: unknown, kind: string, inspect: Inspect): string {
  switch (kind) {
    case "s":
      return typeof value === "object" ? inspect(value) : String(value);
    case "d":
      return typeof value === "bigint" ? `${value}n` : String(Number(value));
    case "i":
      return String(parseInt(String(value), 10));
    case "f":
      return String(parseFloat(String(value)));
    case "c":
      return "";
    case "j":
      return jsonOf(value) ?? inspect(value);
    default:
      return inspect(value);
  }
}
