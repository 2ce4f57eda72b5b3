/**
 * How long an answer asks to be left alone, in milliseconds: `Retry-After` in seconds or as a date,
 * else, where nothing is left of a rate limit, when it starts anew. `undefined` where it does not say.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const dateMs = text === "" ? NaN : Date.parse(text);
  if (!Number.isNaN(dateMs)) return Math.max(0, dateMs - nowMs);
  const reset = headers.get("x-ratelimit-reset") ?? "";
  if (headers.get("x-ratelimit-remaining") !== "0" || !/^\d{1,12}$/.test(reset)) return undefined;
  return Math.max(0, Number(reset) * 1_000 - nowMs);
}
