import assert from "node:assert/strict";
import type { CallContext, ExecutionRequest } from "../../spec/execution.ts";
import { DEFAULT_LIMITS, LIMIT_CEILINGS } from "../../spec/limits.ts";
import type { CallPin } from "../../spec/pin.ts";
import { NO_PERMISSIONS } from "../../spec/permissions.ts";
import { createEgressBroker } from "../egress/egress_broker.ts";
import { createBreakerBoard } from "./breaker_board.ts";
import { createRemoteExecutor } from "./remote_executor.ts";

const POLICY = {
  defaultPermissions: NO_PERMISSIONS,
  permissionCeiling: { net: "public", netDirect: [], fs: "tmp" },
  defaultLimits: DEFAULT_LIMITS,
  limitCeiling: LIMIT_CEILINGS,
  grantDeclared: false,
} as const;

const REQUEST: ExecutionRequest = { packageName: "p", name: "echo", params: { a: 1 }, env: {} };

/** A program that answers as `answer` says, and an executor that is sent there. */
function openRemote(
  answer: (request: Request) => Response | Promise<Response>,
  options: {
    readonly token?: string;
    readonly tokenOf?: (tenant: string) => string | undefined;
    readonly allowPrivate?: readonly string[];
  } = {},
) {
  const stop = new AbortController();
  const where = { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal };
  const server = Deno.serve(where, answer);
  const { allowPrivate = ["127.0.0.1"] } = options;
  const broker = createEgressBroker({ allowPrivate });
  const clock = { nowMs: 0 };
  const breakerOf = createBreakerBoard({ failures: 3, openMs: 1000 }, () => clock.nowMs);
  const executorOf = (tenant: string) => {
    const token = options.tokenOf?.(tenant) ?? options.token;
    const url = `http://127.0.0.1:${server.addr.port}/at`;
    return createRemoteExecutor({ kind: "remote", url, token }, {
      openEgress: (grant, deadlineSignal) => broker.open(grant, { deadlineSignal }),
      breakerOf,
      policy: POLICY,
      isolation: "permissions",
    });
  };
  return {
    clock,
    call: (request: Partial<ExecutionRequest> = {}, context: Partial<CallContext> = {}) =>
      executorOf(context.tenant ?? "t").execute({ ...REQUEST, ...request }, {
        ...{ tenant: "t", requestId: "r", signal: new AbortController().signal },
        ...context,
      }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.finished;
    },
  };
}

const well = (output: unknown) => Response.json({ success: true, output, executionTimeMs: 1 });

Deno.test("createRemoteExecutor() sends the executor contract, its key and what may be done", async () => {
  let seen: { url: string; key: string | null; body: Record<string, unknown> } | undefined;
  await using remote = openRemote(async (request) => {
    const { pathname } = new URL(request.url);
    seen = {
      url: `${request.method} ${pathname}`,
      key: request.headers.get("authorization"),
      body: await request.json(),
    };
    return well({ b: 2 });
  }, { token: "the-key" });
  const result = await remote.call({ env: { A: "1" }, version: "^1" }, {
    grant: {
      ceiling: {
        permissions: { ...NO_PERMISSIONS, net: ["*.example"] },
        limits: { timeoutMs: 70 },
        runtimes: ["quickjs", "deno"],
      },
      secrets: { KEPT: "never sent" },
    },
  });
  assert.ok(result.success);
  assert.deepEqual(result.output, { b: 2 });
  assert.equal(seen?.url, "POST /at/execute-tool");
  assert.equal(seen.key, "Bearer the-key");
  assert.deepEqual(seen.body, {
    ...REQUEST,
    ...{ env: { A: "1" }, version: "^1", preferred: "quickjs", fallbacks: ["deno"] },
    permissions: NO_PERMISSIONS,
    limits: { ...DEFAULT_LIMITS, timeoutMs: 70 },
  });
  assert.ok(!JSON.stringify(result).includes("the-key"));
});

Deno.test("createRemoteExecutor() asks for nothing that the key forbids", async () => {
  let asked = 0;
  await using remote = openRemote(() => (asked++, well(1)));
  const ceiling = { permissions: NO_PERMISSIONS, runtimes: ["quickjs"] } as const;
  const cases = [{ permissions: { net: ["a.example"] } }, { runtime: "deno" }] as const;
  for (const wanted of cases) {
    const result = await remote.call(wanted, { grant: { ceiling } });
    assert.equal(result.success ? "success" : result.code, "permission_denied");
    assert.ok((await remote.call(wanted)).success, "without the ceiling it may");
  }
  assert.equal(asked, cases.length);
});

Deno.test("createRemoteExecutor() refuses private addresses and follows nobody elsewhere", async () => {
  await using there = openRemote(() => well("reached"), { allowPrivate: [] });
  const refused = await there.call();
  assert.ok(!refused.success);
  assert.equal(refused.code, "upstream_failed");
  assert.match(refused.suggestion ?? "", /AIRLOCK_NET_ALLOW_PRIVATE/);
  let followed = 0;
  await using away = openRemote((request) =>
    new URL(request.url).pathname === "/at/execute-tool"
      ? new Response(null, { status: 307, headers: { location: "/elsewhere" } })
      : (followed++, well("followed"))
  );
  assert.equal((await away.call()).success, false);
  assert.equal(followed, 0);
});

Deno.test("createRemoteExecutor() bounds time and size of the answer", async () => {
  await using slow = openRemote(() => new Promise<Response>(() => {}));
  const gone = new AbortController();
  const waiting = slow.call({}, { signal: gone.signal });
  setTimeout(() => gone.abort(), 50);
  assert.equal((await waiting).success, false);
  await using large = openRemote(() => well("x".repeat(2 * 1024 * 1024)));
  const result = await large.call({ limits: { outputBytes: 1024 } });
  assert.equal(result.success ? "success" : result.code, "resource_limit");
});

Deno.test("createRemoteExecutor() leaves one alone that fails again and again", async () => {
  let asked = 0;
  let isWell = false;
  await using remote = openRemote(() => {
    asked++;
    return isWell ? well(1) : new Response("<html>bad gateway", { status: 502 });
  });
  for (let n = 0; n < 5; n++) {
    const result = await remote.call();
    assert.equal(result.success ? "success" : result.code, "upstream_failed");
    if (n >= 3 && !result.success) assert.equal(result.retryAfterMs, 1000);
  }
  assert.equal(asked, 3);
  remote.clock.nowMs = 1000;
  isWell = true;
  assert.ok((await remote.call()).success);
  assert.ok((await remote.call()).success);
});

Deno.test("attack: createRemoteExecutor() lets no account's wrong secret rest another's executor", async () => {
  await using remote = openRemote(
    (request) =>
      request.headers.get("authorization") === null ? new Response(null, { status: 401 }) : well(1),
    {
      tokenOf: (tenant) => tenant === "right" ? "the-key" : undefined,
    },
  );
  for (let n = 0; n < 4; n++) {
    assert.equal((await remote.call({}, { tenant: "wrong" })).success, false);
  }
  assert.ok((await remote.call({}, { tenant: "right" })).success);
});

Deno.test("attack: createRemoteExecutor() sends no secret that would be two headers", async () => {
  let asked = 0;
  await using remote = openRemote(() => (asked++, well(1)), { token: "a\r\nx-admin: yes" });
  for (let n = 0; n < 4; n++) {
    const result = await remote.call();
    assert.equal(result.success ? "success" : result.code, "invalid_input", "and never resting");
  }
  assert.equal(asked, 0);
});

Deno.test("createRemoteExecutor() does not count a tool's failure against the executor", async () => {
  await using remote = openRemote(() =>
    Response.json({ success: false, error: "it threw", code: "tool_error" })
  );
  for (let n = 0; n < 5; n++) {
    const result = await remote.call();
    assert.equal(result.success ? "success" : result.code, "tool_error");
  }
});

const PIN: CallPin = {
  ...{ collectionId: "col_1", toolId: "tool_1", source: "npm", packageName: "p" },
  ...{
    version: "1.0.0",
    lock: { packages: {}, modules: {} },
    lockHash: "ab",
    definitionHashes: {},
  },
};

Deno.test("createRemoteExecutor() says what a tool was pinned to, and takes that back", async () => {
  let seen: unknown;
  await using remote = openRemote(async (request) => {
    seen = (await request.json()).lockHash;
    return Response.json({ success: true, output: 1, meta: { version: "1.0.0", lockHash: "ab" } });
  });
  const result = await remote.call({}, { pin: PIN });
  assert.deepEqual([result.success, result.meta.lockHash, seen], [true, "ab", "ab"]);
  await remote.call();
  assert.equal(seen, undefined, "without a pin nothing is expected");
});

Deno.test("attack: createRemoteExecutor() hands out nothing of what was not pinned", async () => {
  const others = [
    { version: "1.0.0", lockHash: "cd" },
    { version: "1.0.1", lockHash: "ab" },
    { version: "1.0.1" },
    { lockHash: "cd" },
  ];
  for (const meta of others) {
    await using remote = openRemote(() => Response.json({ success: true, output: "evil", meta }));
    const result = await remote.call({}, { pin: PIN });
    assert.ok(!result.success, JSON.stringify(meta));
    assert.equal(result.code, "quarantined");
    assert.ok(!JSON.stringify(result).includes("evil"));
    assert.ok((await remote.call()).success, "without a pin it is taken");
  }
  // Of older executors, which say nothing of it, whoever set them has to be sure.
  await using silent = openRemote(() => well(1));
  assert.ok((await silent.call({}, { pin: PIN })).success);
});
