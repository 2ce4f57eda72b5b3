/**
 * Reads the body of a pax extended header: `length key=value\n`, where the length counts bytes.
 * @returns `undefined` where the body is malformed.
 */
export function readPaxRecords(body: Uint8Array): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  const decoder = new TextDecoder();
  let offset = 0;
  while (offset < body.length) {
    const space = body.indexOf(0x20, offset);
    if (space === -1 || space - offset > 10) return undefined;
    const digits = decoder.decode(body.subarray(offset, space));
    const end = offset + Number(digits);
    if (!/^[1-9]\d*$/.test(digits) || end > body.length || body[end - 1] !== 0x0a) return undefined;
    const record = decoder.decode(body.subarray(space + 1, end - 1));
    const equals = record.indexOf("=");
    if (equals < 1) return undefined;
    records.set(record.slice(0, equals), record.slice(equals + 1));
    offset = end;
  }
  return records;
}
