import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { Writable } from "node:stream";
import * as undici from "./undici.mjs";

async function withServer(use) {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/moved") return Response.redirect(new URL("/echo", request.url), 302);
      const headers = new Headers({ "x-q": searchParams.getAll("q").join() });
      headers.append("set-cookie", "a=1");
      headers.append("set-cookie", "b=2");
      const body = {
        method: request.method,
        a: request.headers.get("a"),
        body: await request.text(),
      };
      return Response.json(body, { status: 201, headers });
    },
  );
  await use(`http://127.0.0.1:${server.addr.port}`);
}

Deno.test("undici shim: request() answers as undici does", () =>
  withServer(async (origin) => {
    const { statusCode, headers, body } = await undici.request(`${origin}/echo`, {
      method: "POST",
      headers: { a: "1" },
      query: { q: ["x", "y"] },
      body: "sent",
    });
    equal(statusCode, 201);
    equal(headers["x-q"], "x,y");
    deepEqual(headers["set-cookie"], ["a=1", "b=2"]);
    deepEqual(await body.json(), { method: "POST", a: "1", body: "sent" });
  }));

Deno.test("undici shim: bodies are node streams", () =>
  withServer(async (origin) => {
    const pool = new undici.Pool(origin);
    const { body } = await pool.request({ path: "/echo", method: "GET", headers: ["a", "2"] });
    let text = "";
    for await (const chunk of body) text += chunk;
    equal(JSON.parse(text).a, "2");
    let streamed = "";
    const head = await undici.stream(`${origin}/echo`, { opaque: 7 }, ({ statusCode }) => {
      equal(statusCode, 201);
      return new Writable({ write: (chunk, _, done) => (streamed += chunk, done()) });
    });
    equal(JSON.parse(streamed).method, "GET");
    equal(head.opaque, 7);
  }));

Deno.test("undici shim: redirects are followed only when asked for", () =>
  withServer(async (origin) => {
    const first = await undici.request(`${origin}/moved`);
    equal(first.statusCode, 302);
    await first.body.dump();
    const redirect = undici.interceptors.redirect({ maxRedirections: 3 });
    const dispatcher = undici.getGlobalDispatcher().compose(redirect);
    const second = await undici.request(`${origin}/moved`, { dispatcher });
    equal(second.statusCode, 201);
    await second.body.dump();
  }));

Deno.test("undici shim: what needs a socket says so", async () => {
  const agent = new undici.Agent();
  throws(() => agent.dispatch(), { code: "UND_ERR_NOT_SUPPORTED" });
  await rejects(new undici.ProxyAgent("http://p.test").request({ path: "/" }), {
    code: "UND_ERR_NOT_SUPPORTED",
  });
  await agent.close();
  await rejects(agent.request({ origin: "http://h.test", path: "/" }), { code: "UND_ERR_CLOSED" });
});
