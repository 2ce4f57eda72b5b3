const CONSOLE: InspectStyle = { depth: 4, quote: '"' };
const MAX_ITEMS = 100;
const LINE_CHARACTERS = 72;

/** How values are shown. */
export interface InspectStyle {
  /** Levels of objects. */
  readonly depth: number;
  /** Around texts inside of objects; other than `"`, around every text. */
  readonly quote: string;
  /** A method of values that shows them itself. */
  readonly custom?: symbol;
}

/** A value as a console shows it: the layout of Deno's for what tools usually print. */
export function inspect(value: unknown, style: InspectStyle = CONSOLE): string {
  return show(value, { style, depth: 0, seen: [] });
}

interface State {
  readonly style: InspectStyle;
  readonly depth: number;
  readonly seen: readonly object[];
}

function show(value: unknown, state: State): string {
  if (typeof value === "string") return showText(value, state);
  if (typeof value === "symbol") return String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return showFunction(value);
  if (typeof value !== "object" || value === null) {
    return Object.is(value, -0) ? "-0" : String(value);
  }
  if (state.seen.includes(value)) return "[Circular]";
  try {
    return showObject(value, { ...state, depth: state.depth + 1, seen: [...state.seen, value] });
  } catch {
    // A getter or a proxy trap threw: printing must not fail for it.
    return "[Unreadable]";
  }
}

function showText(text: string, { style: { quote }, depth }: State): string {
  if (quote === '"') return depth === 0 ? text : JSON.stringify(text);
  // As Node does it: the quotation mark that needs no escape.
  const [mark = quote] = [quote, '"', "`"].filter((one) => !text.includes(one));
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return mark + (text.includes(mark) ? inner.replaceAll(mark, `\\${mark}`) : inner) + mark;
}

function showFunction(value: object): string {
  const name: unknown = Reflect.get(value, "name");
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  const kind = isClass ? "class" : "Function";
  if (typeof name !== "string" || name === "") return `[${kind} (anonymous)]`;
  return isClass ? `[class ${name}]` : `[Function: ${name}]`;
}

function showObject(value: object, state: State): string {
  const { custom } = state.style;
  const own: unknown = custom === undefined ? undefined : Reflect.get(value, custom);
  if (typeof own === "function") {
    const shown: unknown = Reflect.apply(own, value, [state.style.depth - state.depth + 1, {}]);
    return typeof shown === "string"
      ? shown
      : show(shown, { ...state, seen: [...state.seen, own] });
  }
  if (value instanceof Error) return showError(value);
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  }
  if (value instanceof RegExp) return String(value);
  if (value instanceof Promise) return "Promise { }";
  const name = prefixOf(value);
  if (state.depth > state.style.depth + (state.style.quote === '"' ? 0 : 1)) {
    return Array.isArray(value) ? "[Array]" : `[${name || "Object"}]`;
  }
  if (Array.isArray(value)) return layOut(value.map((item) => show(item, state)), "[]");
  if (ArrayBuffer.isView(value) && Symbol.iterator in value) {
    const items = [...Array.prototype.slice.call(value, 0, MAX_ITEMS + 1)];
    return `${name}(${Reflect.get(value, "length")}) ${layOut(items.map(String), "[]")}`;
  }
  if (value instanceof Map) {
    const items = [...value].map(([key, item]) => `${show(key, state)} => ${show(item, state)}`);
    return `Map(${value.size}) ${layOut(items, "{}")}`;
  }
  if (value instanceof Set) {
    return `Set(${value.size}) ${layOut([...value].map((item) => show(item, state)), "{}")}`;
  }
  const members = Object.keys(value).map((key) => {
    const label = /^[A-Za-z_$][\w$]*$/.test(key) ? key : showText(key, state);
    const { get, set } = Object.getOwnPropertyDescriptor(value, key) ?? {};
    // Looking must not run a getter's code.
    const accessor = get === undefined
      ? "[Setter]"
      : set === undefined
      ? "[Getter]"
      : "[Getter/Setter]";
    const isAccessor = get !== undefined || set !== undefined;
    return `${label}: ${isAccessor ? accessor : show(Reflect.get(value, key), state)}`;
  });
  const text = layOut(members, "{}");
  return name === "" ? text : `${name} ${text}`;
}

function showError(error: Error): string {
  const head = `${error.name}: ${error.message}`;
  const stack = typeof error.stack === "string" ? error.stack.trimEnd() : "";
  if (stack === "") return head;
  return stack.startsWith(error.name) ? stack : `${head}\n${stack}`;
}

function prefixOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return "[Object: null prototype]";
  const name: unknown = Reflect.get(Object(Reflect.get(value, "constructor")), "name");
  return typeof name !== "string" || name === "Object" ? "" : name;
}

function layOut(items: readonly string[], brackets: string): string {
  const [open, close] = [brackets[0]!, brackets[1]!];
  if (items.length === 0) return brackets;
  const shown = items.slice(0, MAX_ITEMS);
  if (items.length > MAX_ITEMS) shown.push(`... ${items.length - MAX_ITEMS} more items`);
  const line = `${open} ${shown.join(", ")} ${close}`;
  if (line.length <= LINE_CHARACTERS && !line.includes("\n")) return line;
  return `${open}\n${
    shown.map((item) => `  ${item.replaceAll("\n", "\n  ")}`).join(",\n")
  }\n${close}`;
}
