import assert from "node:assert/strict";
import { FakeNpmRegistry } from "../../tests/support/fake_npm_registry.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { NpmClient } from "./npm_client.ts";
import { NetworkMeter } from "./network_meter.ts";
import type { RegistryTarget } from "./npm_config.ts";
import { DEFAULT_NPM_LIMITS, type NpmLimits } from "./npm_limits.ts";

const TOKEN = "t0psecret";

function connect(
  registry: { readonly url: string },
  { token, scopes = {}, limits = {}, packumentFreshMs = 0 }: {
    token?: string;
    scopes?: Readonly<Record<string, RegistryTarget>>;
    limits?: Partial<NpmLimits>;
    packumentFreshMs?: number;
  } = {},
): NpmClient {
  const fallback: RegistryTarget = {
    url: new URL(registry.url),
    authorization: token === undefined ? undefined : `Bearer ${token}`,
  };
  const registryFor = (name: string) => scopes[name.split("/")[0] ?? ""] ?? fallback;
  return new NpmClient({
    config: { registryFor },
    limits: { ...DEFAULT_NPM_LIMITS, ...limits },
    packumentFreshMs,
  });
}

function packument(client: NpmClient, name = "x") {
  return client.packument(name, { signal: new AbortController().signal, withTimes: false });
}

function tarball(client: NpmClient, address: string) {
  const { signal } = new AbortController();
  return client.tarball("x", { version: "1.0.0", address, signal });
}

Deno.test("npmClient.packument() reads both forms, and knows what is missing", async () => {
  await using registry = FakeNpmRegistry.start({ pathPrefix: "/npm/" });
  await registry.publish({ name: "@s/x", version: "1.0.0" });
  const client = connect(registry);
  const { signal } = new AbortController();
  const short = await client.packument("@s/x", { signal, withTimes: false });
  const full = await client.packument("@s/x", { signal, withTimes: true });
  assert.deepEqual([short?.publishedMs.size, full?.publishedMs.size], [0, 1]);
  assert.equal(await packument(client, "y"), undefined);
  assert.equal(registry.requests[0]?.path, "/npm/@s%2fx");
});

Deno.test("npmClient.packument() asks again only when it must", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({ name: "x", version: "1.0.0" });
  const fresh = connect(registry, { packumentFreshMs: 60_000 });
  await packument(fresh);
  await packument(fresh);
  assert.equal(registry.requests.length, 1);

  const stale = connect(registry);
  await packument(stale);
  const meter = new NetworkMeter();
  const { signal } = new AbortController();
  const again = await stale.packument("x", { signal, withTimes: false, meter });
  assert.equal(again?.versions.size, 1);
  assert.equal(meter.downloadedBytes, 0);
  await registry.publish({ name: "x", version: "2.0.0" });
  assert.equal((await packument(stale))?.versions.size, 2);
});

Deno.test("npmClient sends a token to its own registry only", async () => {
  await using open = FakeNpmRegistry.start();
  await using closed = FakeNpmRegistry.start();
  closed.tokens.set("@acme", TOKEN);
  await closed.publish({ name: "@acme/x", version: "1.0.0" });
  await open.publish({ name: "@acme/x", version: "9.0.0" });
  await open.publish({ name: "x", version: "1.0.0" });
  const scopes = {
    "@acme": { url: new URL(closed.url), authorization: `Bearer ${TOKEN}` },
  };
  const client = connect(open, { scopes });
  assert.deepEqual([...(await packument(client, "@acme/x"))?.versions.keys() ?? []], ["1.0.0"]);
  await packument(client, "x");
  assert.deepEqual(open.requests.map(({ path, authorization }) => [path, authorization]), [
    ["/x", null],
  ]);
});

Deno.test("npmClient does not let a redirect carry the token away", async () => {
  await using registry = FakeNpmRegistry.start({ pathPrefix: "/npm/" });
  await using elsewhere = FakeNpmRegistry.start();
  await elsewhere.publish({ name: "x", version: "1.0.0" });
  await registry.publish({ name: "x", version: "1.0.0" });
  registry.intercept = () => Response.redirect(`${elsewhere.url}x`, 302);
  const client = connect(registry, { token: TOKEN });
  await packument(client);
  await tarball(client, registry.tarballUrl("x", "1.0.0"));
  assert.deepEqual(registry.requests.map((request) => request.authorization), [
    `Bearer ${TOKEN}`,
    `Bearer ${TOKEN}`,
  ]);
  assert.deepEqual(elsewhere.requests.map((request) => request.authorization), [null, null]);

  // The same host outside of the registry's path is somebody else, too.
  const host = new URL("/other/x", registry.url).href;
  registry.intercept = (request) =>
    request.url === host ? Response.json({}) : Response.redirect(host, 307);
  await failsWith(packument(client), { code: "artifact_failed", step: "packument" });
  assert.equal(registry.requests.at(-1)?.path, "/other/x");
  assert.equal(registry.requests.at(-1)?.authorization, null);
});

Deno.test("npmClient refuses redirects without end and to odd schemes", async () => {
  await using registry = FakeNpmRegistry.start();
  const client = connect(registry);
  registry.intercept = (request) => Response.redirect(request.url, 302);
  await failsWith(packument(client), { code: "artifact_failed", step: "packument" });
  assert.equal(registry.requests.length, 6);
  for (const location of ["file:///etc/passwd", "data:text/plain,{}", "ftp://x/", "http://["]) {
    registry.intercept = () => new Response(null, { status: 302, headers: { location } });
    await failsWith(packument(client), { code: "artifact_failed", step: "packument" });
  }
});

Deno.test("npmClient tells a refused token without telling the token", async () => {
  await using registry = FakeNpmRegistry.start();
  registry.tokens.set("*", "another");
  const error = await failsWith(packument(connect(registry, { token: TOKEN })), {
    code: "artifact_failed",
    step: "packument",
  });
  assert.match(`${error.message} ${error.suggestion}`, /refused \(401\).*token/);
  assert.doesNotMatch(Deno.inspect(error), new RegExp(TOKEN));
  assert.equal(registry.requests.length, 1);
});

Deno.test("npmClient tries again after 5xx, 429 and broken connections, twice", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({ name: "x", version: "1.0.0" });
  const client = connect(registry);
  const bad = [new Response(null, { status: 503, headers: { "retry-after": "0" } })];
  bad.push(new Response(null, { status: 429, headers: { "retry-after": "0" } }));
  registry.intercept = () => bad.shift();
  assert.equal((await packument(client))?.versions.size, 1);
  assert.equal(registry.requests.length, 3);

  registry.intercept = () => new Response(null, { status: 500, headers: { "retry-after": "0" } });
  const error = await failsWith(packument(connect(registry)), { code: "artifact_failed" });
  assert.equal(error.retryable, true);
  assert.equal(registry.requests.length, 6);

  const closed = FakeNpmRegistry.start();
  await closed[Symbol.asyncDispose]();
  assert.equal(
    (await failsWith(packument(connect(closed)), { code: "artifact_failed" })).retryable,
    true,
  );
});

Deno.test("npmClient stops at the size limit, also of what is compressed", async () => {
  await using registry = FakeNpmRegistry.start();
  const client = connect(registry, { limits: { packumentBytes: 100_000 } });
  let sent = 0;
  registry.intercept = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(50_000));
          sent += 50_000;
        },
      }),
    );
  await failsWith(packument(client), { code: "artifact_failed", step: "packument" });
  assert.ok(sent < 10_000_000, String(sent));
  const bomb = new Blob([new Uint8Array(20_000_000)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  registry.intercept = () => new Response(bomb, { headers: { "content-encoding": "gzip" } });
  await failsWith(packument(client), { code: "artifact_failed", step: "packument" });
});

Deno.test("npmClient gives up on a registry that drips or says nothing", async () => {
  await using registry = FakeNpmRegistry.start();
  let drip: ReturnType<typeof setInterval> | undefined;
  registry.intercept = () =>
    new Response(
      new ReadableStream({
        start(controller) {
          drip = setInterval(() => controller.enqueue(new Uint8Array(1)), 20);
        },
        cancel: () => clearInterval(drip),
      }),
    );
  const total = connect(registry, { limits: { requestTimeoutMs: 200 } });
  await failsWith(packument(total), { code: "artifact_failed", step: "packument" });
  clearInterval(drip);

  registry.intercept = () => new Response(new ReadableStream({}));
  const idle = connect(registry, { limits: { idleTimeoutMs: 100 } });
  await failsWith(packument(idle), { code: "artifact_failed", step: "packument" });
});

Deno.test("npmClient.tarball() stays on the registry's host", async () => {
  await using registry = FakeNpmRegistry.start();
  await using elsewhere = FakeNpmRegistry.start();
  await registry.publish({ name: "x", version: "1.0.0" });
  const client = connect(registry, { token: TOKEN });
  const addresses = [
    elsewhere.tarballUrl("x", "1.0.0"),
    "file:///etc/passwd",
    "http://[",
    "data:,",
  ];
  for (const address of addresses) {
    await failsWith(tarball(client, address), { code: "artifact_failed", step: "tarball" });
  }
  assert.equal(registry.requests.length + elsewhere.requests.length, 0);
  assert.ok((await tarball(client, registry.tarballUrl("x", "1.0.0"))).byteLength > 0);
  await failsWith(tarball(client, registry.tarballUrl("x", "2.0.0")), {
    code: "artifact_failed",
    step: "tarball",
  });
});

Deno.test("npmClient stops at once when aborted, between attempts as well", async () => {
  await using registry = FakeNpmRegistry.start();
  registry.intercept = () => new Response(null, { status: 503, headers: { "retry-after": "5" } });
  const stop = new AbortController();
  const asking = connect(registry).packument("x", { signal: stop.signal, withTimes: false });
  setTimeout(() => stop.abort(new Error("enough")), 50);
  const startedMs = performance.now();
  await assert.rejects(asking, /enough/);
  assert.ok(performance.now() - startedMs < 2_000);
});
