import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import axios from "axios";
import got from "got";
import nodeFetch3 from "node-fetch";
import nodeFetch2 from "node-fetch2";
import { installNodeHttp } from "../sandboxes/guest/guest_node_http.ts";
import { createGuestFetch } from "../sandboxes/guest/guest_fetch.ts";
import { startEgress } from "./support/egress_fixture.ts";

/** Puts the native functions back, so that other tests see them. */
function patchedHttp(port: Parameters<typeof installNodeHttp>[0]): Disposable {
  const saved = [http, https].map((module) => ({
    module,
    request: module.request,
    get: module.get,
  }));
  installNodeHttp(port);
  return {
    [Symbol.dispose]() {
      for (const { module, request, get } of saved) Object.assign(module, { request, get });
    },
  };
}

async function echo(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/redirect") return Response.redirect(new URL("/landed", request.url), 302);
  if (pathname === "/gzip") {
    const body = new Blob(["z".repeat(10_000)]).stream().pipeThrough(new CompressionStream("gzip"));
    return new Response(body, { headers: { "content-encoding": "gzip" } });
  }
  if (pathname === "/cookies") {
    return new Response("ok", { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] });
  }
  if (pathname === "/hang") await new Promise((resolve) => setTimeout(resolve, 200));
  return Response.json({
    method: request.method,
    path: pathname,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  });
}

Deno.test("axios works through the broker", async () => {
  await using egress = startEgress(echo);
  using _patched = patchedHttp(egress.call);
  const client = axios.create({ adapter: "http", baseURL: egress.origin });
  const posted = await client.post("/p?q=1", { a: "é" }, { headers: { "x-key": "k" } });
  assert.equal(posted.status, 200);
  assert.deepEqual(JSON.parse(posted.data.body), { a: "é" });
  assert.equal(posted.data.headers["content-length"], "10");
  assert.equal(posted.data.headers["x-key"], "k");
  const redirected = await client.get("/redirect");
  assert.equal(redirected.data.path, "/landed");
  const gzipped = await client.get("/gzip");
  assert.equal(gzipped.data.length, 10_000);
  const cookies = await client.get("/cookies");
  assert.deepEqual(cookies.headers["set-cookie"], ["a=1", "b=2"]);
  assert.deepEqual(
    egress.call.records().map((record) => record.outcome),
    [200, 302, 200, 200, 200],
  );
});

Deno.test("axios is refused with the words of the broker", async () => {
  await using egress = startEgress(echo, { grant: ["api.example.com"] });
  using _patched = patchedHttp(egress.call);
  const failure = await axios.get(egress.origin, { adapter: "http" }).catch((error) => error);
  assert.equal(failure.code, "EACCES");
  assert.match(failure.message, /127\.0\.0\.1:\d+: not granted/);
  assert.equal(egress.call.records()[0]?.outcome, "refused");
});

Deno.test("axios timeout and cancellation end the request", async () => {
  await using egress = startEgress(echo);
  using _patched = patchedHttp(egress.call);
  const client = axios.create({ adapter: "http", baseURL: egress.origin });
  const late = await client.get("/hang", { timeout: 30 }).catch((error) => error);
  assert.equal(late.code, "ECONNABORTED");
  const controller = new AbortController();
  const pending = client.get("/hang", { signal: controller.signal }).catch((error) => error);
  setTimeout(() => controller.abort(), 20);
  assert.equal((await pending).code, "ERR_CANCELED");
});

for (const [name, fetch] of [["node-fetch@2", nodeFetch2], ["node-fetch@3", nodeFetch3]] as const) {
  Deno.test(`${name} works through the broker`, async () => {
    await using egress = startEgress(echo);
    using _patched = patchedHttp(egress.call);
    const posted = await fetch(`${egress.origin}/p`, { method: "POST", body: "héllo" });
    const seen = JSON.parse(await posted.text());
    assert.deepEqual([seen.method, seen.body, seen.headers["content-length"]], [
      "POST",
      "héllo",
      "6",
    ]);
    const redirected = await fetch(`${egress.origin}/redirect`);
    assert.equal(redirected.url, `${egress.origin}/landed`);
    await redirected.text();
    const gzipped = await fetch(`${egress.origin}/gzip`);
    assert.equal((await gzipped.text()).length, 10_000);
    const refused = await fetch("http://other.example/").catch((error: Error) => error);
    assert.match(String(refused.message), /not granted/);
  });
}

Deno.test("got works through the broker", async () => {
  await using egress = startEgress(echo);
  using _patched = patchedHttp(egress.call);
  const client = got.extend({ retry: { limit: 0 }, timeout: { request: 5_000 } });
  const seen = JSON.parse((await client.post(`${egress.origin}/p`, { json: { a: 1 } })).body);
  assert.deepEqual([seen.body, seen.headers["content-length"]], ['{"a":1}', "7"]);
  assert.equal((await client(`${egress.origin}/redirect`)).url, `${egress.origin}/landed`);
  assert.equal((await client(`${egress.origin}/gzip`)).body.length, 10_000);
  await assert.rejects(client("http://other.example/"), { code: "EACCES" });
});

Deno.test("installNodeHttp() keeps Node's shapes", async () => {
  await using egress = startEgress(echo);
  using _patched = patchedHttp(egress.call);
  const events: string[] = [];
  const body = await new Promise<string>((resolve, reject) => {
    const request = http.request(`${egress.origin}/x`, { method: "PUT", headers: { a: "1" } });
    request.setHeader("B", ["2", "3"]);
    request.setTimeout(5_000);
    for (const event of ["socket", "finish", "response", "close"]) {
      request.on(event, () => events.push(event));
    }
    request.on("error", reject);
    request.on("response", (response) => {
      assert.equal(response.statusCode, 200);
      assert.equal(response.headers["content-type"], "application/json");
      assert.equal(response.httpVersion, "1.1");
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => text += piece);
      request.on("close", () => resolve(text));
    });
    request.write("one,");
    setTimeout(() => request.end("two"), 20);
  });
  const seen = JSON.parse(body);
  assert.equal(seen.body, "one,two");
  assert.equal(seen.headers.b, "2, 3");
  assert.deepEqual(events, ["socket", "finish", "response", "close"]);
});

Deno.test("installNodeHttp() reports destroy, abort and line breaks as Node does", async () => {
  await using egress = startEgress(echo);
  using _patched = patchedHttp(egress.call);
  const request = http.get(`${egress.origin}/hang`);
  setTimeout(() => request.destroy(), 20);
  const error = await new Promise<Error & { code?: string }>((resolve) =>
    request.on("error", resolve)
  );
  assert.equal(error.code, "ECONNRESET");
  assert.throws(() => http.request(egress.origin, { headers: { a: "b\r\nhost: evil" } }), {
    code: "ERR_INVALID_CHAR",
  });
  assert.throws(() => http.request(egress.origin, { headers: { "a b": "c" } }), {
    code: "ERR_INVALID_HTTP_TOKEN",
  });
  assert.throws(() => http.request({ host: "h", path: "/a b\r\nx" }), {
    code: "ERR_UNESCAPED_CHARACTERS",
  });
});

Deno.test("createGuestFetch() is a fetch", async () => {
  await using egress = startEgress(echo);
  const native = globalThis.fetch;
  const fetch = createGuestFetch(egress.call, { native: () => native });
  const form = new FormData();
  form.append("file", new Blob(["hello"]), "a.txt");
  for (
    const [body, expected, length] of [
      ["text", "text", "4"],
      [new URLSearchParams({ a: "b c" }), "a=b+c", "5"],
      [new Blob(["blob"]), "blob", "4"],
      [new Uint8Array([104, 105]), "hi", "2"],
      [new Blob(["stream"]).stream(), "stream", undefined],
    ] as const
  ) {
    const response = await fetch(`${egress.origin}/p`, { method: "POST", body });
    const seen = await response.json();
    assert.equal(seen.body, expected);
    assert.equal(seen.headers["content-length"], length);
  }
  const ready = new Request(`${egress.origin}/p`, { method: "POST", body: "ready" });
  const posted = await (await fetch(ready)).json();
  assert.deepEqual([posted.body, posted.headers["content-length"]], ["ready", "5"]);
  const sent = await (await fetch(`${egress.origin}/p`, { method: "POST", body: form })).json();
  assert.match(sent.body, /filename="a.txt"[\s\S]*hello/);
  const redirected = await fetch(`${egress.origin}/redirect#top`);
  assert.deepEqual([redirected.redirected, redirected.url, redirected.type], [
    true,
    `${egress.origin}/landed`,
    "basic",
  ]);
  const clone = redirected.clone();
  assert.equal(clone.url, redirected.url);
  assert.equal(await clone.text(), await redirected.text());
  const manual = await fetch(`${egress.origin}/redirect`, { redirect: "manual" });
  assert.equal(manual.status, 302);
  await assert.rejects(fetch(`${egress.origin}/redirect`, { redirect: "error" }), TypeError);
  assert.deepEqual((await fetch(`${egress.origin}/cookies`)).headers.getSetCookie(), [
    "a=1",
    "b=2",
  ]);
  assert.equal(await (await fetch("data:text/plain,inline")).text(), "inline");
});

Deno.test("createGuestFetch() says why it was refused", async () => {
  await using egress = startEgress(echo);
  const fetch = createGuestFetch(egress.call);
  const refused = await fetch("https://api.example.com/x").catch((error: unknown) => error);
  assert(refused instanceof TypeError);
  assert.match(refused.message, /api\.example\.com: not granted/);
  assert(refused.cause instanceof Error);
  await assert.rejects(fetch("http://u:p@127.0.0.1/"), /credentials/);
});

Deno.test("createGuestFetch() aborts before, during and after the head", async () => {
  await using egress = startEgress((request) =>
    request.url.endsWith("/endless")
      ? new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1024)) }))
      : echo(request)
  );
  const fetch = createGuestFetch(egress.call);
  await assert.rejects(fetch(egress.origin, { signal: AbortSignal.abort() }), {
    name: "AbortError",
  });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  await assert.rejects(fetch(`${egress.origin}/hang`, { signal: controller.signal }), {
    name: "AbortError",
  });
  const late = new AbortController();
  const response = await fetch(`${egress.origin}/endless`, { signal: late.signal });
  setTimeout(() => late.abort(), 20);
  await assert.rejects(response.text(), { name: "AbortError" });
});
