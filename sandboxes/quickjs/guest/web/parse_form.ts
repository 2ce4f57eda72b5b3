import { GuestFile } from "./blob.ts";
import { GuestFormData } from "./form_data.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Of the standard: what every failure to read a form is. */
const REFUSED = "formData(): the body is not the multipart/form-data that it says it is";

/** Reads `multipart/form-data`, as the Fetch Standard has it. @throws {TypeError} */
export function parseForm(bytes: Uint8Array<ArrayBuffer>, contentType: string): GuestFormData {
  const found = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) throw new TypeError(REFUSED);
  const form = new GuestFormData();
  const delimiter = encode(`--${boundary}`);
  let at = find(bytes, { pattern: delimiter, from: 0 });
  for (;;) {
    if (at === -1) throw new TypeError(REFUSED);
    at += delimiter.byteLength;
    // Two hyphens follow the last delimiter.
    if (bytes[at] === 45 && bytes[at + 1] === 45) return form;
    const headEnd = find(bytes, { pattern: HEAD_END, from: at });
    if (headEnd === -1) throw new TypeError(REFUSED);
    const end = find(bytes, { pattern: encode(`\r\n--${boundary}`), from: headEnd + 2 });
    if (end === -1) throw new TypeError(REFUSED);
    const head = decoder.decode(bytes.subarray(at, headEnd));
    append(form, { head, body: bytes.slice(Math.min(headEnd + 4, end), end) });
    at = end + 2;
  }
}

const HEAD_END = encode("\r\n\r\n");

function append(
  form: GuestFormData,
  { head, body }: { readonly head: string; readonly body: Uint8Array<ArrayBuffer> },
): void {
  const headers = new Map(
    head.split("\r\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const disposition = headers.get("content-disposition") ?? "";
  const name = /;\s*name="([^"]*)"/i.exec(disposition)?.[1];
  if (name === undefined) throw new TypeError(REFUSED);
  const filename = /;\s*filename="([^"]*)"/i.exec(disposition)?.[1];
  if (filename === undefined) return form.append(unescape(name), decoder.decode(body));
  const type = headers.get("content-type") ?? "text/plain";
  form.append(unescape(name), new GuestFile([body], unescape(filename), { type }));
}

/** Line ends and quotation marks, which senders escape. */
function unescape(name: string): string {
  return name.replace(/%0A/gi, "\n").replace(/%0D/gi, "\r").replace(/%22/g, '"');
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function find(
  bytes: Uint8Array,
  { pattern, from }: { readonly pattern: Uint8Array; readonly from: number },
): number {
  for (
    let at = bytes.indexOf(pattern[0]!, from);
    at !== -1;
    at = bytes.indexOf(pattern[0]!, at + 1)
  ) {
    if (pattern.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}
