import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { FakeSyncRegistry } from "../../tests/support/fake_sync_registry.ts";
import type { ErrorCode } from "../../spec/errors.ts";
import { SyncHttp } from "./sync_http.ts";
import { DEFAULT_SYNC_LIMITS } from "./sync_limits.ts";

const NEVER = new AbortController().signal;

function open(registry: FakeSyncRegistry, limits: Partial<typeof DEFAULT_SYNC_LIMITS> = {}) {
  const quick = { attempts: 3, firstPauseMs: 1, longestPauseMs: 2_000 };
  const http = new SyncHttp({ limits: { ...DEFAULT_SYNC_LIMITS, ...quick, ...limits } });
  const url = new URL(`${registry.url}thing`);
  const request = { what: "thing", target: { url: new URL(registry.url) }, url, maxBytes: 1_000 };
  return { http, request };
}

Deno.test("SyncHttp tries again what may work later, and waits as it is asked to", async () => {
  await using registry = FakeSyncRegistry.start();
  const answers = [
    new Response("", { status: 503 }),
    new Response("", { status: 429, headers: { "retry-after": "1" } }),
    new Response("{}"),
  ];
  registry.intercept = () => answers.shift();
  const { http, request } = open(registry);
  const startedMs = performance.now();
  assert.equal((await http.get(request, NEVER)).kind, "found");
  assert.ok(performance.now() - startedMs >= 950);
  assert.equal(registry.requests.length, 3);
});

Deno.test("SyncHttp holds back all requests while one was asked to wait", async () => {
  await using registry = FakeSyncRegistry.start();
  let limited = true;
  registry.intercept = () => {
    if (!limited) return new Response("{}");
    limited = false;
    return new Response("", { status: 429, headers: { "retry-after": "1" } });
  };
  const { http, request } = open(registry);
  const first = http.get(request, NEVER);
  while (limited) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const startedMs = performance.now();
  await http.get(request, NEVER);
  assert.ok(performance.now() - startedMs > 500);
  await first;
});

Deno.test("SyncHttp gives up at once where it makes no sense, or takes too long", async () => {
  await using registry = FakeSyncRegistry.start();
  const { http, request } = open(registry);
  const once = async (answer: () => Response, code: ErrorCode) => {
    registry.requests.length = 0;
    registry.intercept = answer;
    await failsWith(http.get(request, NEVER), { code });
    assert.equal(registry.requests.length, 1);
  };
  await once(() => new Response("", { status: 400 }), "upstream_failed");
  await once(() => new Response("x".repeat(2_000)), "resource_limit");
  const later = { "retry-after": "3600" };
  await once(() => new Response("", { status: 503, headers: later }), "upstream_failed");
  registry.requests.length = 0;
  registry.intercept = () => new Response("", { status: 500 });
  await failsWith(http.get(request, NEVER), { code: "upstream_failed" });
  assert.equal(registry.requests.length, 3);
});

Deno.test("SyncHttp tells what is not there from what has not changed", async () => {
  await using registry = FakeSyncRegistry.start();
  const { http, request } = open(registry);
  for (const status of [404, 405, 410, 501]) {
    registry.intercept = () => new Response("", { status });
    assert.equal((await http.get(request, NEVER)).kind, "missing");
  }
  registry.intercept = () => new Response(null, { status: 304 });
  assert.equal((await http.get(request, NEVER)).kind, "unchanged");
});

Deno.test("SyncHttp ends with its signal, and after a time, also in the middle of an answer", async () => {
  await using registry = FakeSyncRegistry.start();
  const endless = () =>
    new Response(
      new ReadableStream({ pull: () => new Promise((resolve) => setTimeout(resolve, 20)) }),
    );
  registry.intercept = endless;
  const slow = open(registry, { requestTimeoutMs: 100, attempts: 1 });
  await failsWith(slow.http.get(slow.request, NEVER), { code: "upstream_failed" });
  const silent = open(registry, { idleTimeoutMs: 50, attempts: 1 });
  await failsWith(silent.http.get(silent.request, NEVER), { code: "upstream_failed" });
  const stop = new AbortController();
  const { http, request } = open(registry);
  const asked = http.get(request, stop.signal);
  setTimeout(() => stop.abort(new Error("enough")), 50);
  await assert.rejects(asked, /enough/);
});
