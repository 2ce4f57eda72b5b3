import assert from "node:assert/strict";
import { createEgressBroker } from "../runtime/egress/egress_broker.ts";
import { createBreakerBoard } from "../runtime/executor/breaker_board.ts";
import { createRemoteExecutor } from "../runtime/executor/remote_executor.ts";
import { DEFAULT_LIMITS, LIMIT_CEILINGS } from "../spec/limits.ts";
import { NO_PERMISSIONS } from "../spec/permissions.ts";
import { FakeNpmRegistry } from "./support/fake_npm_registry.ts";
import { ServedGateway } from "./support/served_gateway.ts";

const SOURCE = `
  export const add = ({ a, b }) => a + b;
  export const fail = () => { throw new RangeError("not today"); };
  export const wait = () => new Promise(() => {});`;

Deno.test("another gateway passes as an executor", async () => {
  const dataDirectory = await Deno.makeTempDir({ prefix: "airlock-remote-" });
  try {
    await using registry = await FakeNpmRegistry.start();
    await registry.publish({ name: "sums", version: "1.0.0", files: { "index.js": SOURCE } });
    await using gateway = await ServedGateway.start({
      dataDirectory,
      env: { AIRLOCK_NPM_REGISTRY: registry.url, AIRLOCK_API_KEY: "between-gateways" },
    });
    const broker = createEgressBroker({ allowPrivate: ["127.0.0.1"] });
    const remote = (token: string) =>
      createRemoteExecutor({ kind: "remote", url: gateway.url, token }, {
        openEgress: (grant, deadlineSignal) => broker.open(grant, { deadlineSignal }),
        breakerOf: createBreakerBoard({ failures: 3, openMs: 1000 }, () => performance.now()),
        policy: {
          defaultPermissions: NO_PERMISSIONS,
          permissionCeiling: NO_PERMISSIONS,
          defaultLimits: DEFAULT_LIMITS,
          limitCeiling: LIMIT_CEILINGS,
          grantDeclared: false,
        },
        isolation: "permissions",
      });
    const run = async (name: string, token = "between-gateways", limits = {}) => {
      const { signal } = new AbortController();
      const result = await remote(token).execute(
        { packageName: "sums", name, params: { a: 1, b: 2 }, env: {}, limits },
        { tenant: "t", requestId: "r", signal },
      );
      return result.success ? result.output : result.code;
    };
    assert.equal(await run("add"), 3);
    assert.equal(await run("fail"), "tool_error");
    assert.equal(await run("absent"), "tool_not_found");
    assert.equal(await run("wait", undefined, { timeoutMs: 300 }), "deadline_exceeded");
    assert.equal(await run("add", "another-key"), "upstream_failed");
    // What another gateway has of that version is not what was pinned: it does not run.
    const { signal } = new AbortController();
    const lock = { packages: {}, modules: {} };
    const pinned = (lockHash: string) =>
      remote("between-gateways").execute(
        { packageName: "sums", version: "1.0.0", name: "add", params: { a: 1, b: 2 }, env: {} },
        {
          ...{ tenant: "t", requestId: "r", signal },
          pin: {
            ...{ collectionId: "col_1", toolId: "tool_1", source: "npm", packageName: "sums" },
            ...{ version: "1.0.0", lock, lockHash, definitionHashes: {} },
          },
        },
      );
    const other = await pinned("ab".repeat(32));
    assert.ok(!other.success);
    assert.deepEqual([other.code, other.meta.version], ["quarantined", "1.0.0"]);
    const { lockHash } = other.meta;
    assert.match(lockHash ?? "", /^[0-9a-f]{64}$/);
    const same = await pinned(lockHash!);
    assert.deepEqual([same.success && same.output, same.meta.lockHash], [3, lockHash]);
  } finally {
    await Deno.remove(dataDirectory, { recursive: true });
  }
});
