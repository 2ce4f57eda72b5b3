import assert from "node:assert/strict";
import { retryAfterMs } from "./retry_after.ts";

const NOW_MS = Date.parse("2026-01-01T00:00:00Z");

function asked(headers: Record<string, string>): number | undefined {
  return retryAfterMs(new Headers(headers), NOW_MS);
}

Deno.test("retryAfterMs() reads seconds, dates and rate limits that are used up", () => {
  assert.equal(asked({ "retry-after": "7" }), 7_000);
  assert.equal(asked({ "retry-after": "Thu, 01 Jan 2026 00:01:00 GMT" }), 60_000);
  assert.equal(asked({ "retry-after": "Wed, 31 Dec 2025 00:00:00 GMT" }), 0);
  const reset = String(NOW_MS / 1_000 + 90);
  assert.equal(asked({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }), 90_000);
});

Deno.test("retryAfterMs() is undefined where nothing is asked for", () => {
  assert.equal(asked({}), undefined);
  assert.equal(asked({ "retry-after": "soon" }), undefined);
  assert.equal(asked({ "x-ratelimit-remaining": "3", "x-ratelimit-reset": "1" }), undefined);
  assert.equal(asked({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "x" }), undefined);
});
