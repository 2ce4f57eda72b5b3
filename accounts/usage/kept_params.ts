import type { JsonValue } from "../../spec/json.ts";

/** Longest text of parameters that a line of the log keeps. */
const MAX_PARAMS_CHARACTERS = 16 * 1024;

/** Names of members whose value is nobody's business, whatever it is. */
const SECRET_NAME =
  /passw|secret|token|api[-_]?key|authori[sz]ation|cookie|credential|private[-_]?key/i;

const REDACTED = "[redacted]";

/**
 * Parameters as the log keeps them, as JSON text: without members that sound like credentials, and
 * without values that are kept secrets. What is too long is left out as a whole.
 */
export function keptParams(params: JsonValue, redact?: (text: string) => string): string {
  const text = JSON.stringify(params, (name, value: unknown) => {
    if (SECRET_NAME.test(name)) return REDACTED;
    return typeof value === "string" && redact !== undefined ? redact(value) : value;
  });
  if (text.length <= MAX_PARAMS_CHARACTERS) return storable(text);
  return JSON.stringify({ leftOut: `${text.length} characters` });
}

/** jsonb holds no NUL and no half of a surrogate pair: JSON writes both as escapes. */
function storable(jsonText: string): string {
  return jsonText.replace(
    /\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/g,
    (escape) => escape === "\\\\" ? escape : "\ufffd",
  );
}
