import { Buffer } from "node:buffer";

/** A message's type, and its length, which counts itself but not the type. */
export const HEADER_BYTES = 5;

/** The message by which a client ends its connection. */
export const TERMINATE = "X".charCodeAt(0);

/** A request to cancel is a connection of its own with this instead of a version. */
export const CANCEL_CODE = 80_877_102;

const QUERY = "Q".charCodeAt(0);
const ERROR = "E".charCodeAt(0);

/** `ReadyForQuery` outside of a transaction. */
const IDLE = Uint8Array.from([0x5a, 0, 0, 0, 5, 0x49]);

/** As much of an answer's end as {@linkcode endsIdle} looks at. */
export const IDLE_BYTES = IDLE.length;

/** Whether a backend is in no transaction after an answer: nothing that was begun is disturbed then. */
export function endsIdle(answer: Uint8Array): boolean {
  const tail = answer.subarray(-IDLE.length);
  return tail.length === IDLE.length && IDLE.every((byte, index) => tail[index] === byte);
}

/** A query whose text is Latin-1, as PostgreSQL's "Message Formats" have it. */
export function simpleQuery(text: string): Uint8Array {
  return message(QUERY, Buffer.from(`${text}\0`, "latin1"));
}

/** What a backend says instead of letting somebody in. `code` is a SQLSTATE. */
export function errorResponse(text: string, code: string): Uint8Array {
  return message(ERROR, Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));
}

function message(type: number, body: Buffer): Uint8Array {
  const head = Buffer.alloc(HEADER_BYTES);
  head[0] = type;
  head.writeInt32BE(body.length + HEADER_BYTES - 1, 1);
  return Buffer.concat([head, body]);
}
