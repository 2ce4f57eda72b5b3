import assert from "node:assert/strict";
import { join } from "node:path";
import { createEgressBroker } from "../../runtime/egress/egress_broker.ts";
import { createSandboxPool } from "../../runtime/pool/sandbox_pool.ts";
import { poolPolicy } from "../../runtime/pool/pool_policy.ts";
import { AirlockError } from "../../spec/errors.ts";
import { DEFAULT_LIMITS } from "../../spec/limits.ts";
import { NO_PERMISSIONS } from "../../spec/permissions.ts";
import type { EgressPort, EgressRequest } from "../../spec/egress.ts";
import { buildTar, gzip } from "../support/tar.ts";
import { temporaryDirectory } from "../support/sample_artifact.ts";
import { AttackRange } from "./attack_range.ts";
import { startRecordingServer } from "./recording_server.ts";

/** A request as the guest would hand it over. */
function getting(url: string): EgressRequest {
  return { method: "GET", url, headers: [], body: null, redirect: "follow" };
}

/** What a port says to a request: its status, or the code of its refusal. */
async function answer(port: EgressPort, url: string): Promise<number | string> {
  try {
    const response = await port.request(getting(url), new AbortController().signal);
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    return error instanceof AirlockError ? error.code : String(error);
  }
}

Deno.test("without its check of addresses the broker reaches this machine", async () => {
  await using target = startRecordingServer();
  const deadlineSignal = new AbortController().signal;
  using strict = createEgressBroker({ allowPrivate: [] }).open("public", { deadlineSignal });
  assert.equal(await answer(strict, target.origin), "permission_denied");
  assert.equal(target.requests.length, 0);
  using loose = createEgressBroker({ allowPrivate: ["0.0.0.0/0"] })
    .open("public", { deadlineSignal });
  assert.equal(await answer(loose, target.origin), 200);
  // And without its check of the grant, whoever has none.
  using ungranted = createEgressBroker({ allowPrivate: ["0.0.0.0/0"] })
    .open("none", { deadlineSignal });
  assert.equal(await answer(ungranted, target.origin), "permission_denied");
  assert.equal(target.requests.length, 1);
});

Deno.test("a broker that did not pin what it checked could be led elsewhere by a second answer", async () => {
  await using target = startRecordingServer();
  const url = `http://rebinding.example:${target.port}/`;
  const deadlineSignal = new AbortController().signal;
  // 192.0.2.0/24 is for documentation: opened here to stand for a harmless public address.
  for (const answers of [["127.0.0.1"], ["192.0.2.1", "127.0.0.1"]]) {
    using call = createEgressBroker({
      allowPrivate: ["192.0.2.0/24"],
      resolve: () => Promise.resolve(answers),
    }).open(["rebinding.example"], { deadlineSignal });
    assert.equal(await answer(call, url), "permission_denied");
  }
  assert.equal(target.requests.length, 0);
  using loose = createEgressBroker({
    allowPrivate: ["127.0.0.1"],
    resolve: () => Promise.resolve(["127.0.0.1"]),
  }).open(["rebinding.example"], { deadlineSignal });
  assert.equal(await answer(loose, url), 200);
});

Deno.test("a broker that left redirects to others would be led to a forbidden place", async () => {
  await using open = startRecordingServer("127.0.0.1");
  await using closed = startRecordingServer();
  const url = `${open.origin}/to?302,${encodeURIComponent(`${closed.origin}/secret`)}`;
  const deadlineSignal = new AbortController().signal;
  const allowed = `127.0.0.1:${open.port}`;
  using strict = createEgressBroker({ allowPrivate: [allowed] }).open([allowed], {
    deadlineSignal,
  });
  assert.equal(await answer(strict, url), "permission_denied");
  assert.equal(closed.requests.length, 0);
  const naive = await fetch(url);
  await naive.body?.cancel();
  assert.deepEqual(closed.requests.map(({ path }) => path), ["/secret"]);
});

Deno.test("without the tenant in its key a warm sandbox would tell one tenant of another", async () => {
  const attack = {
    name: "tell",
    code: "const before = globalThis.kept ?? null; globalThis.kept = 'of another'; return before;",
  };
  await using range = await AttackRange.open({ level: "permissions" });
  const codeDirectory = await range.place(attack);
  const need = { permissions: NO_PERMISSIONS, limits: DEFAULT_LIMITS };
  await using pool = createSandboxPool({
    runtime: range.runtime,
    policy: poolPolicy({
      maxSandboxes: 4,
      blankTarget: 0,
      blankNeed: need,
      maxUses: 100,
      idleMs: 60_000,
      queueLimit: 4,
      queueWaitMs: 30_000,
    }),
  });
  const callAs = async (tenant: string) => {
    const env = {};
    const unit = { codeDirectory, entry: "bundle.mjs", env, overlapping: false, timeoutMs: 30_000 };
    const { value } = await pool.run({
      tenant,
      artifactDigest: "a".repeat(64),
      need,
      unit,
      reuse: "keep",
      concurrency: 1,
      signal: new AbortController().signal,
    }, (sandbox) => range.invoke(sandbox));
    return value;
  };
  assert.equal(await callAs("first"), null);
  assert.equal(await callAs("second"), null, "the key holds the tenant");
  // A gateway that told the pool one tenant for all would hand the first one's sandbox on.
  assert.equal(await callAs("first"), "of another");
});

Deno.test("an unpacker that inspects nothing lets the same archives out", async () => {
  await using directory = await temporaryDirectory();
  const inside = join(directory.path, "a/b/c/d");
  await Deno.mkdir(inside, { recursive: true });
  const tarball = await gzip(
    buildTar([{ path: "package/../../../../evil-pwned", body: "x" }]),
  );
  await Deno.writeFile(join(directory.path, "evil.tgz"), tarball);
  await Deno.mkdir(join(inside, "package"));
  const { code } = await new Deno.Command("tar", {
    args: ["--absolute-names", "-xzf", join(directory.path, "evil.tgz"), "-C", inside],
    stderr: "null",
  }).output();
  assert.equal(code, 0);
  assert.equal(await Deno.readTextFile(join(directory.path, "a/evil-pwned")), "x");
});
