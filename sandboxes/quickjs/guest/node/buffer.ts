/** `node:buffer` of the polyfill set, with the encoding that it lacks. */
import { Buffer } from "@jspm/core/nodelibs/buffer";

export * from "@jspm/core/nodelibs/buffer";
export { default } from "@jspm/core/nodelibs/buffer";

const { from, isEncoding } = Buffer;
const { toString } = Buffer.prototype;

define(Buffer, "from", function (this: unknown, value: unknown, ...rest: unknown[]) {
  const isUrl = typeof value === "string" && rest[0] === "base64url";
  // Its base64 takes both alphabets, as Node's does.
  return Reflect.apply(from, this, isUrl ? [value, "base64"] : [value, ...rest]);
});
define(Buffer, "isEncoding", (name: unknown) => name === "base64url" || isEncoding(String(name)));
define(Buffer.prototype, "toString", function (this: unknown, ...args: unknown[]) {
  if (args[0] !== "base64url") return Reflect.apply(toString, this, args);
  const text: string = Reflect.apply(toString, this, ["base64", ...args.slice(1)]);
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
});
define(Buffer, "copyBytesFrom", (view: ArrayBufferView, offset = 0, length?: number) => {
  const { BYTES_PER_ELEMENT: size = 1 } = view as { BYTES_PER_ELEMENT?: number };
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return Buffer.from(
    bytes.slice(offset * size, length === undefined ? undefined : (offset + length) * size),
  );
});
const { equals } = Buffer.prototype;
define(Buffer.prototype, "equals", function (this: Buffer, other: unknown) {
  const isPlain = other instanceof Uint8Array && !Buffer.isBuffer(other);
  return Reflect.apply(equals, this, [isPlain ? Buffer.from(other) : other]);
});
for (const encoding of ["ascii", "base64", "base64url", "hex", "latin1", "ucs2", "utf8"] as const) {
  define(Buffer.prototype, `${encoding}Slice`, function (this: Buffer, from?: number, to?: number) {
    return this.toString(encoding as BufferEncoding, from, to);
  });
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}
