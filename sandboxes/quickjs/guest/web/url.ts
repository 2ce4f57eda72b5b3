// style-ok jsdoc: each export is the interface of the URL Standard that its name says.
/**
 * `URLSearchParams` whole, and `URL` with its `searchParams`: the engine's own parser has neither
 * the list of names with values nor other ways to make one than from text.
 */
import { stub } from "../lacking.ts";

const NativeUrl = globalThis.URL;
const NativeParams = globalThis.URLSearchParams;

type Pair = [name: string, value: string];
type Init = string | Iterable<Iterable<string>> | Readonly<Record<string, string>> | null;

/** Called after each change; only `URL` listens. */
const onChange = Symbol("onChange");

export class GuestUrlSearchParams {
  #pairs: Pair[] = [];
  [onChange]: () => void = () => {};

  constructor(init?: Init) {
    this.#pairs = pairsOf(init ?? "");
    Object.defineProperty(this, onChange, { enumerable: false, writable: true });
  }

  get size(): number {
    return this.#pairs.length;
  }

  append(name: string, value: string): void {
    this.#pairs.push([toText(name), toText(value)]);
    this[onChange]();
  }

  delete(name: string, value?: string): void {
    this.#pairs = this.#pairs.filter((pair) =>
      pair[0] !== String(name) || (value !== undefined && pair[1] !== String(value))
    );
    this[onChange]();
  }

  get(name: string): string | null {
    return this.#pairs.find(([known]) => known === String(name))?.[1] ?? null;
  }

  getAll(name: string): string[] {
    return this.#pairs.filter(([known]) => known === String(name)).map(([, value]) => value);
  }

  has(name: string, value?: string): boolean {
    return this.#pairs.some((pair) =>
      pair[0] === String(name) && (value === undefined || pair[1] === String(value))
    );
  }

  set(name: string, value: string): void {
    const wanted = toText(name);
    const first = this.#pairs.findIndex(([known]) => known === wanted);
    if (first === -1) this.#pairs.push([wanted, toText(value)]);
    else {
      this.#pairs[first]![1] = toText(value);
      this.#pairs = this.#pairs.filter(([known], at) => at <= first || known !== wanted);
    }
    this[onChange]();
  }

  sort(): void {
    this.#pairs.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
    this[onChange]();
  }

  forEach(
    visit: (value: string, name: string, params: GuestUrlSearchParams) => void,
    self?: unknown,
  ): void {
    for (const [name, value] of this.#pairs) Reflect.apply(visit, self, [value, name, this]);
  }

  *entries(): Generator<Pair, undefined> {
    for (const [name, value] of this.#pairs) yield [name, value];
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this.#pairs) yield name;
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this.#pairs) yield value;
  }

  [Symbol.iterator](): Generator<Pair, undefined> {
    return this.entries();
  }

  toString(): string {
    const native = new NativeParams();
    for (const [name, value] of this.#pairs) native.append(name, value);
    return native.toString();
  }

  get [Symbol.toStringTag](): string {
    return "URLSearchParams";
  }

  /** Takes over what the query of a URL says now. */
  static refill(params: GuestUrlSearchParams, query: string): void {
    params.#pairs = pairsOf(query);
  }
}

const { refill } = GuestUrlSearchParams;
Reflect.deleteProperty(GuestUrlSearchParams, "refill");

function pairsOf(init: Init): Pair[] {
  if (typeof init !== "object" || init === null) return [...new NativeParams(toText(init))];
  if (Symbol.iterator in init) {
    return [...init as Iterable<Iterable<string>>].map((item): Pair => {
      const pair = [...item];
      if (pair.length !== 2) throw new TypeError("Each item must have a name and a value");
      return [toText(pair[0]), toText(pair[1])];
    });
  }
  return Object.entries(init).map(([name, value]): Pair => [toText(name), toText(value)]);
}

function toText(value: unknown): string {
  return String(value).toWellFormed();
}

/** The engine's `URL`, with a list of its query's names and values that changes with it. */
export class GuestUrl extends NativeUrl {
  #params: GuestUrlSearchParams | undefined;

  override get searchParams(): URLSearchParams {
    this.#params ??= this.#listen(new GuestUrlSearchParams(super.search));
    return this.#params as URLSearchParams;
  }

  override get search(): string {
    return super.search;
  }

  override set search(query: string) {
    super.search = query;
    if (this.#params !== undefined) refill(this.#params, super.search);
  }

  override get href(): string {
    return super.href;
  }

  override set href(href: string) {
    super.href = href;
    if (this.#params !== undefined) refill(this.#params, super.search);
  }

  static override createObjectURL: () => never = stub("createObjectURL", "URL.createObjectURL");
  static override revokeObjectURL: () => never = stub("revokeObjectURL", "URL.revokeObjectURL");

  static override parse(url: string | URL, base?: string | URL): URL | null {
    return NativeUrl.canParse(String(url), base === undefined ? base : String(base))
      ? new GuestUrl(url, base)
      : null;
  }

  get [Symbol.toStringTag](): string {
    return "URL";
  }

  #listen(params: GuestUrlSearchParams): GuestUrlSearchParams {
    params[onChange] = () => super.search = params.toString();
    return params;
  }
}
