import assert from "node:assert/strict";
import type { ExecutionResult } from "../../spec/execution.ts";
import type { NetGrant } from "../../spec/permissions.ts";
import { TestWorld } from "../support/test_world.ts";
import { startRecordingServer } from "./recording_server.ts";

const CLIENT = `
export async function get({ url, init }) {
  const response = await fetch(url, init);
  return { status: response.status, url: response.url, text: await response.text() };
}`;

/** A world where one server on loopback is open to tools and another is not. */
async function openPair() {
  await using stack = new AsyncDisposableStack();
  const open = stack.use(startRecordingServer("127.0.0.1"));
  const closed = stack.use(startRecordingServer());
  const world = stack.use(
    await TestWorld.open({ env: { AIRLOCK_NET_ALLOW_PRIVATE: `127.0.0.1:${open.port}` } }),
  );
  await world.publish("client", CLIENT);
  const owned = stack.move();
  return {
    open,
    closed,
    world,
    get: (url: string, net: NetGrant, init: { [name: string]: string } = {}) =>
      world.call({
        packageName: "client",
        name: "get",
        params: { url, init },
        permissions: { net },
      }),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

function refusal(result: ExecutionResult): { error: string; suggestion: string } {
  assert.ok(!result.success, JSON.stringify(result));
  assert.equal(result.code, "tool_error");
  return { error: result.error, suggestion: result.suggestion ?? "" };
}

Deno.test("a redirect to a place that was not granted names the grant", async () => {
  await using pair = await openPair();
  const { open, closed, get } = pair;
  for (const status of [301, 302, 303, 307, 308]) {
    const location = encodeURIComponent(`${closed.origin}/secret`);
    const result = await get(`${open.origin}/to?${status},${location}`, [`127.0.0.1:${open.port}`]);
    const { error, suggestion } = refusal(result);
    assert.match(error, /redirects: not granted/);
    assert.equal(suggestion, `Grant it with permissions.net: ["127.0.0.1:${closed.port}"]`);
    assert.deepEqual(result.meta.egress.map(({ outcome }) => outcome), [status, "refused"]);
  }
  assert.deepEqual(closed.requests, []);
});

Deno.test("a redirect to a private address is refused whatever was granted", async () => {
  await using pair = await openPair();
  const { open, closed, get } = pair;
  const places = [
    `http://127.0.0.1:${closed.port}/`,
    `//127.1:${closed.port}/`,
    `http://2130706433:${closed.port}/`,
    `http://localhost:${closed.port}/`,
    `http://[::ffff:127.0.0.1]:${closed.port}/`,
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
  ];
  for (const place of places) {
    const host = new URL(place, "http://x").host;
    for (const net of ["public", [`127.0.0.1:${open.port}`, host]] as const) {
      const url = `${open.origin}/to?302,${encodeURIComponent(place)}`;
      const { error } = refusal(await get(url, net));
      assert.match(error, /leads to a|not found/, place);
    }
  }
  assert.deepEqual(closed.requests, []);
});

Deno.test("a redirect leaves HTTP nowhere, and brings no credentials", async () => {
  await using pair = await openPair();
  const { open, closed, get } = pair;
  const places = [
    "file:///etc/passwd",
    "data:text/plain,x",
    "ftp://127.0.0.1/",
    "javascript:1",
    `http://user:pass@127.0.0.1:${open.port}/`,
  ];
  for (const place of places) {
    const url = `${open.origin}/to?302,${encodeURIComponent(place)}`;
    refusal(await get(url, "public"));
  }
  // Round and round ends, too.
  refusal(await get(`${open.origin}/loop`, ["127.0.0.1"]));
  assert.deepEqual(closed.requests, []);
  assert.ok(open.requests.every(({ headers }) => !headers.has("authorization")));
});

Deno.test("credentials stay behind when a redirect changes the origin", async () => {
  await using other = startRecordingServer("127.0.0.1");
  await using world = await TestWorld.open({
    env: { AIRLOCK_NET_ALLOW_PRIVATE: "127.0.0.1" },
  });
  await using first = startRecordingServer("127.0.0.1");
  await world.publish("client", CLIENT);
  const headers = {
    authorization: "Bearer secret",
    cookie: "session=secret",
    "proxy-authorization": "secret",
    "x-api-key": "secret",
    "x-plain": "kept",
  };
  const location = encodeURIComponent(`${other.origin}/landed`);
  const url = `${first.origin}/to?307,${location}`;
  const result = await world.call({
    packageName: "client",
    name: "get",
    params: { url, init: { method: "POST", body: "text", headers } },
    permissions: { net: ["127.0.0.1"] },
  });
  assert.ok(result.success, JSON.stringify(result));
  assert.equal(first.requests[0]?.headers.get("authorization"), "Bearer secret");
  const landed = other.requests[0];
  assert.ok(landed);
  assert.ok(![...landed.headers.values()].some((value) => value.includes("secret")));
  assert.equal(landed.headers.get("x-plain"), "kept");
  assert.equal(landed.body, "text");
});

Deno.test("nothing a tool sends becomes a second request or another host", async () => {
  await using pair = await openPair();
  const { open, world } = pair;
  await world.publish(
    "smuggler",
    `import http from "node:http";
    const outcome = (work) => work().then((r) => "sent " + r.status, (e) => e.name);
    const native = (options) => () => new Promise((ok, no) => {
      const request = http.request(options, (r) => { r.resume(); ok({ status: r.statusCode }); });
      request.on("error", no); request.end(options.body);
    });
    export async function smuggle({ url, port }) {
      const base = { host: "127.0.0.1", port };
      const evil = "x\\r\\nhost: evil.example\\r\\n\\r\\nGET /second HTTP/1.1\\r\\n";
      const cases = {
        header: () => fetch(url, { headers: { "x-a": evil } }),
        name: () => fetch(url, { headers: { ["x-a: b\\r\\nx-c"]: "d" } }),
        method: () => fetch(url, { method: "GET / HTTP/1.1\\r\\nx: y\\r\\n\\r\\nGET" }),
        connect: () => fetch(url, { method: "CONNECT" }),
        trace: () => fetch(url, { method: "TRACE" }),
        path: () => fetch(url + "/a b\\r\\nx: y"),
        host: () => fetch(url, { headers: { host: "evil.example" } }),
        te: () => fetch(url, { method: "POST", body: "0\\r\\n\\r\\nGET /second HTTP/1.1\\r\\n\\r\\n", headers: { "transfer-encoding": "chunked" } }),
        length: () => fetch(url, { method: "POST", body: "GET /second HTTP/1.1\\r\\n\\r\\n", headers: { "content-length": "0" } }),
        upgrade: () => fetch(url, { headers: { connection: "upgrade", upgrade: "websocket" } }),
        nodePath: native({ ...base, path: "/a\\r\\nx: y" }),
        nodeHost: native({ ...base, headers: { host: "evil.example", connection: "x-b", "x-b": "c" } }),
        nodeMethod: native({ ...base, method: "GET /second" }),
        nodeLength: native({ ...base, method: "POST", headers: { "content-length": "3" }, body: "xyzGET /second HTTP/1.1\\r\\n\\r\\n" }),
      };
      const told = {};
      for (const [name, work] of Object.entries(cases)) {
        try { told[name] = await outcome(work); } catch (error) { told[name] = error.name; }
      }
      return told;
    }`,
  );
  const result = await world.call({
    packageName: "smuggler",
    name: "smuggle",
    params: { url: open.origin, port: open.port },
    permissions: { net: [`127.0.0.1:${open.port}`] },
  });
  assert.ok(result.success, JSON.stringify(result));
  assert.ok(open.requests.length > 0);
  for (const { path, method, headers } of open.requests) {
    assert.notEqual(path, "/second", JSON.stringify(result.output));
    assert.match(method, /^(GET|POST)$/);
    assert.equal(headers.get("host"), `127.0.0.1:${open.port}`);
    assert.equal(headers.get("upgrade"), null);
    assert.equal(headers.get("x"), null);
  }
});
