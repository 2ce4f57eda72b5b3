import assert from "node:assert/strict";
import type { MeteringStats } from "../accounts/metering.ts";
import type { ExecutionResult } from "../spec/execution.ts";
import { fakeFailure, fakeMeta } from "../tests/support/fake_gateway.ts";
import { createMetrics } from "./metrics.ts";

const CONTEXT = { tenant: "t", requestId: "r", signal: new AbortController().signal };

Deno.test("createMetrics() counts outcomes, builds and egress with bounded labels", async () => {
  let queued = 0;
  const metrics = createMetrics(() => ({ sandboxes: { idle: 4 }, queued }));
  const built: ExecutionResult = {
    success: true,
    output: null,
    executionTimeMs: 30,
    meta: {
      ...fakeMeta(CONTEXT),
      start: "built",
      timings: { build: 20 },
      egress: [
        {
          method: "GET",
          host: "api.example.com",
          outcome: 204,
          requestBytes: 5,
          responseBytes: 7,
          durationMs: 1,
        },
        {
          method: "GET",
          host: "10.0.0.1",
          outcome: "refused",
          requestBytes: 0,
          responseBytes: 0,
          durationMs: 1,
        },
      ],
    },
  };
  metrics.observeCall(built);
  metrics.observeCall(fakeFailure("artifact_failed", CONTEXT));
  metrics.observeAnswer({ route: "/x", method: "BREW", status: 405 });
  queued = 9;
  const { text, contentType } = await metrics.expose();
  assert.match(contentType, /^text\/plain/);
  for (
    const line of [
      'airlock_calls_total{code="ok",runtime="deno",start="built"} 1',
      'airlock_calls_total{code="artifact_failed",runtime="deno",start="blank"} 1',
      'airlock_builds_total{outcome="ok"} 1',
      'airlock_builds_total{outcome="failed"} 1',
      'airlock_egress_requests_total{outcome="2xx"} 1',
      'airlock_egress_requests_total{outcome="refused"} 1',
      'airlock_egress_bytes_total{direction="in"} 7',
      'airlock_call_duration_seconds_bucket{le="0.05",start="built"} 1',
      'airlock_http_requests_total{route="/x",method="other",status="405"} 1',
      "airlock_queue_length 9",
    ]
  ) assert.ok(text.includes(`${line}\n`), `${line}\n---\n${text}`);
  assert.ok(!text.includes("example.com"));
});

Deno.test("createMetrics() tells of the log of calls and of rate limits", async () => {
  const stats: { current: MeteringStats } = {
    current: {
      usage: { waiting: 3, written: 40, dropped: 0 },
      rateStore: { kind: "redis", state: "ok", whenDown: "open" },
    },
  };
  const metrics = createMetrics(() => ({ sandboxes: {}, queued: 0 }), () => stats.current);
  const has = async (...lines: readonly string[]) => {
    const { text } = await metrics.expose();
    for (const line of lines) assert.ok(text.includes(`${line}\n`), `${line}\n---\n${text}`);
  };
  await has(
    "airlock_usage_rows_waiting 3",
    'airlock_usage_rows_total{outcome="written"} 40',
    'airlock_rate_store_up{kind="redis"} 1',
    'airlock_rate_limited_total{class="mcp"} 0',
  );
  metrics.observeRateLimited("execute");
  stats.current = {
    usage: { waiting: 0, written: 41, dropped: 2 },
    rateStore: { kind: "redis", state: "down", whenDown: "closed" },
  };
  await has(
    "airlock_usage_rows_waiting 0",
    'airlock_usage_rows_total{outcome="written"} 41',
    'airlock_usage_rows_total{outcome="dropped"} 2',
    'airlock_rate_store_up{kind="redis"} 0',
    'airlock_rate_limited_total{class="execute"} 1',
  );
});
