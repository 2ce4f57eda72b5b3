import type { JsonValue } from "../../spec/json.ts";

/** Text as a database holds it: PostgreSQL takes neither NUL nor halves of characters. */
export function storedText(value: JsonValue | undefined): string | null {
  return typeof value === "string" ? value.replaceAll("\0", "\ufffd").toWellFormed() : null;
}

/** Longest name of what another server offers, without control characters. */
// deno-lint-ignore no-control-regex -- control characters are what must not be in it
const NAME = /^[^\u0000-\u001f\u007f]{1,300}$/;

/** Whether another server's name for something can be kept as it is, and so asked for again. */
export function isStoredName(value: JsonValue | undefined): value is string {
  return typeof value === "string" && NAME.test(value) && value.isWellFormed();
}
