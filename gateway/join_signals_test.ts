import assert from "node:assert/strict";
import { joinSignals } from "./join_signals.ts";

Deno.test("joinSignals() aborts with the first of its sources, and with its reason", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  using joined = joinSignals(one.signal, other.signal);
  assert.equal(joined.signal.aborted, false);
  other.abort("other");
  one.abort("one");
  assert.equal(joined.signal.reason, "other");
});

Deno.test("joinSignals() is aborted where a source was before", () => {
  using joined = joinSignals(new AbortController().signal, AbortSignal.abort("early"));
  assert.equal(joined.signal.reason, "early");
});

Deno.test("joinSignals() hears nothing once disposed of", () => {
  const source = new AbortController();
  const joined = joinSignals(source.signal);
  joined[Symbol.dispose]();
  source.abort();
  assert.equal(joined.signal.aborted, false);
});
