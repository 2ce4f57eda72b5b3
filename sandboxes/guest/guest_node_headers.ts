import { Writable } from "node:stream";
import { coded, headerValue } from "./guest_node_options.ts";

/** The header half of Node's `ClientRequest`: a writable stream that carries headers. */
export class GuestOutgoingMessage extends Writable {
  headersSent = false;
  readonly #headers = new Map<string, { name: string; value: string | string[] }>();

  constructor() {
    // Ended by whoever knows when the answer has ended too, not by the end of writing.
    super({ autoDestroy: false, decodeStrings: true });
  }

  setHeader(name: string, value: unknown): this {
    if (this.headersSent) {
      throw coded("ERR_HTTP_HEADERS_SENT", "Cannot set headers after they are sent");
    }
    for (const one of [headerValue(value)].flat()) checkHeader(name, one);
    this.#headers.set(name.toLowerCase(), { name, value: headerValue(value) });
    return this;
  }
  appendHeader(name: string, value: unknown): this {
    const before = this.getHeader(name);
    return this.setHeader(name, before === undefined ? value : [before, headerValue(value)].flat());
  }
  getHeader(name: string): string | string[] | undefined {
    return this.#headers.get(name.toLowerCase())?.value;
  }
  hasHeader(name: string): boolean {
    return this.#headers.has(name.toLowerCase());
  }
  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase());
  }
  getHeaders(): Record<string, string | string[]> {
    return Object.fromEntries([...this.#headers].map(([key, { value }]) => [key, value]));
  }
  getHeaderNames(): string[] {
    return [...this.#headers.keys()];
  }
  getRawHeaderNames(): string[] {
    return [...this.#headers.values()].map(({ name }) => name);
  }

  /** All headers as they were set, one pair for each value. */
  headerPairs(): [string, string][] {
    return [...this.#headers.values()].flatMap(({ name, value }) =>
      [value].flat().map((one): [string, string] => [name, one])
    );
  }
}

function checkHeader(name: string, value: string): void {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) {
    throw coded("ERR_INVALID_HTTP_TOKEN", `Header name must be a valid HTTP token ["${name}"]`);
  }
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw coded("ERR_INVALID_CHAR", `Invalid character in header content ["${name}"]`);
  }
}
