import { Buffer } from "node:buffer";

/** A message's type, and its length, which counts itself but not the type. */
export const HEADER_BYTES = 5;

const QUERY = "Q".charCodeAt(0);

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
  const body = Buffer.from(`${text}\0`, "latin1");
  const head = Buffer.alloc(HEADER_BYTES);
  head[0] = QUERY;
  head.writeInt32BE(body.length + HEADER_BYTES - 1, 1);
  return Buffer.concat([head, body]);
}
