const ERROR_RESPONSE = "E".charCodeAt(0);
const SEVERITY = "V".charCodeAt(0);
const TYPE_BYTES = 1;
const LENGTH_BYTES = 4;

/**
 * Whether an answer of a backend says that it is no more: an `ErrorResponse` of severity `PANIC`
 * (PostgreSQL's "Error and Notice Message Fields"). A server would end; PGlite stays, and answers what
 * follows with nonsense or never.
 */
export function hasPanicked(answer: Uint8Array): boolean {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
  for (let offset = 0; offset + TYPE_BYTES + LENGTH_BYTES <= answer.length;) {
    const end = offset + TYPE_BYTES + view.getInt32(offset + TYPE_BYTES);
    const fields = answer.subarray(offset + TYPE_BYTES + LENGTH_BYTES, end);
    if (answer[offset] === ERROR_RESPONSE && severityOf(fields) === "PANIC") return true;
    // Not the protocol: nothing more can be told from it.
    if (end <= offset + LENGTH_BYTES) return false;
    offset = end;
  }
  return false;
}

/** Fields are a type byte and a text each, with a zero at its end. */
function severityOf(fields: Uint8Array): string | undefined {
  for (let offset = 0; offset < fields.length;) {
    const end = fields.indexOf(0, offset);
    if (end === -1) return undefined;
    if (fields[offset] === SEVERITY) {
      return new TextDecoder().decode(fields.subarray(offset + TYPE_BYTES, end));
    }
    offset = end + 1;
  }
  return undefined;
}
