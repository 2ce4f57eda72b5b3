// style-ok parameters: the signatures are those of the standard.
// style-ok jsdoc: the class is the interface of the XMLHttpRequest Standard that its name says.
import { bytesOfPart, GuestBlob, GuestFile, join } from "./blob.ts";

/** A value of a form. */
export type FormValue = string | GuestFile;

export class GuestFormData {
  #entries: [string, FormValue][] = [];

  append(name: string, value: unknown, filename?: string): void {
    this.#entries.push([String(name), entryValue(value, filename)]);
  }

  set(name: string, value: unknown, filename?: string): void {
    const entry: [string, FormValue] = [String(name), entryValue(value, filename)];
    const at = this.#entries.findIndex(([known]) => known === entry[0]);
    this.delete(name);
    this.#entries.splice(at === -1 ? this.#entries.length : at, 0, entry);
  }

  delete(name: string): void {
    this.#entries = this.#entries.filter(([known]) => known !== String(name));
  }

  get(name: string): FormValue | null {
    return this.getAll(name)[0] ?? null;
  }

  getAll(name: string): FormValue[] {
    return this.#entries.filter(([known]) => known === String(name)).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.getAll(name).length > 0;
  }

  forEach(visit: (value: FormValue, name: string, form: GuestFormData) => void): void {
    for (const [name, value] of this.#entries) visit(value, name, this);
  }

  *entries(): IterableIterator<[string, FormValue]> {
    for (const [name, value] of this.#entries) yield [name, value];
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.#entries) yield name;
  }

  *values(): IterableIterator<FormValue> {
    for (const [, value] of this.#entries) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, FormValue]> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return "FormData";
  }
}

function entryValue(value: unknown, filename: string | undefined): FormValue {
  if (!(value instanceof GuestBlob)) return String(value);
  if (value instanceof GuestFile && filename === undefined) return value;
  return new GuestFile([value], filename ?? "blob", { type: value.type });
}

/** `multipart/form-data` of RFC 7578, with names escaped as the HTML Standard has it. */
export function encodeForm(form: GuestFormData): { bytes: Uint8Array<ArrayBuffer>; type: string } {
  const boundary = `----airlock${Math.random().toString(36).slice(2)}${Date.now().toString(36)}`;
  const pieces: Uint8Array[] = [];
  for (const [name, value] of form) {
    const isFile = typeof value !== "string";
    const file = isFile ? `; filename="${escapeName(value.name)}"` : "";
    const type = isFile ? `\r\nContent-Type: ${value.type || "application/octet-stream"}` : "";
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"`;
    pieces.push(bytesOfPart(`${head}${file}${type}\r\n\r\n`));
    pieces.push(bytesOfPart(isFile ? value : value.replace(/\r\n?|\n/g, "\r\n")));
    pieces.push(bytesOfPart("\r\n"));
  }
  pieces.push(bytesOfPart(`--${boundary}--\r\n`));
  return { bytes: join(pieces), type: `multipart/form-data; boundary=${boundary}` };
}

function escapeName(name: string): string {
  return name.replace(/\r\n?|\n/g, "%0D%0A").replaceAll('"', "%22");
}
