import type { GuestMessage } from "../protocol/messages.ts";

/** Whether one field of a message is as it should be. */
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const duration: Check = (value) => Number.isFinite(value) && Number(value) >= 0;
/** Sums of counts must stay numbers, so that none may be infinite. */
const count: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const flag: Check = (value) => typeof value === "boolean";
const countOrNull: Check = (value) => value === null || count(value);
const oneOf = (...values: readonly string[]): Check => (value) =>
  typeof value === "string" && values.includes(value);
const listOf = (item: Check): Check => (value) => Array.isArray(value) && value.every(item);
const optional = (check: Check): Check => (value) => value === undefined || check(value);
const objectOrNull: Check = (value) => value === null || isPlain(value);
const shape = (fields: Readonly<Record<string, Check>>): Check => (value) =>
  isPlain(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

const pair: Check = (value) => Array.isArray(value) && value.length === 2 && value.every(text);
const thrown = shape({ name: text, message: text, stack: optional(text) });
const definition = shape({
  name: text,
  description: text,
  shape: oneOf("ai-tool", "dynamic-tool", "function", "factory", "method"),
  inputSchema: objectOrNull,
  outputSchema: objectOrNull,
  schemaStrategy: text,
  warnings: listOf(text),
});

const FAILURES: Readonly<Record<string, Check>> = {
  "threw": shape({ thrown }),
  "not-found": shape({ available: listOf(text) }),
  "invalid-input": shape({ issues: listOf(shape({ path: text, message: text })) }),
  "not-encodable": shape({ path: text, reason: text }),
  "output-too-large": shape({ limitBytes: count }),
  "out-of-memory": shape({}),
  "overdue": shape({}),
  "lacking": shape({ what: text }),
  "engine": shape({ reason: text }),
};

const failure: Check = (value) =>
  isPlain(value) && typeof value.kind === "string" && Object.hasOwn(FAILURES, value.kind) &&
  FAILURES[value.kind]!(value);

const MESSAGES: Readonly<Record<GuestMessage["type"], Check>> = {
  ready: () => true,
  loaded: shape({ importMs: duration }),
  "load-failed": shape({ thrown }),
  described: shape({
    report: shape({
      tools: listOf(definition),
      otherExports: listOf(text),
      warnings: listOf(text),
    }),
  }),
  snapshotted: shape({
    snapshot: shape({
      base64: text,
      readsEnv: listOf(text),
      exports: listOf(text),
    }),
  }),
  failed: shape({ call: count, failure }),
  log: shape({
    call: countOrNull,
    level: oneOf("debug", "info", "warn", "error"),
    message: text,
  }),
  dropped: shape({ call: count, bytes: count }),
  spoiled: shape({ reason: text }),
  request: shape({
    call: countOrNull,
    stream: count,
    method: text,
    url: text,
    headers: listOf(pair),
    hasBody: flag,
    redirect: oneOf("follow", "error", "manual"),
  }),
  end: shape({ stream: count }),
  cancel: shape({ stream: count }),
  credit: shape({ stream: count, bytes: count }),
};

/** Whether a parsed value is a message that a guest may send, with every field of its own kind. */
export function isGuestMessage(value: unknown): value is GuestMessage {
  return isPlain(value) && typeof value.type === "string" && Object.hasOwn(MESSAGES, value.type) &&
    MESSAGES[value.type as GuestMessage["type"]](value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
