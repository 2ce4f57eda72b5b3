import assert from "node:assert/strict";
import { selfSigned } from "../../tests/support/self_signed.ts";
import { readPublicJson } from "./read_public_json.ts";

const NAME = "app.example";

type Handler = (request: Request) => Response | Promise<Response>;

/** A server that is told to be public, so that the rest can be looked at. */
async function withServer(
  handler: Handler,
  act: (read: (path: string) => Promise<unknown>, port: number) => Promise<void>,
): Promise<void> {
  const tls = await selfSigned(NAME);
  const server = Deno.serve({ ...tls, port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
  const { port } = server.addr;
  const resolve = () => Promise.resolve(["127.0.0.1"]);
  const options = { allowPrivate: ["127.0.0.1/32"], ca: [tls.cert], resolve };
  try {
    await act((path) => readPublicJson(`https://${NAME}:${port}${path}`, options), port);
  } finally {
    await server.shutdown();
  }
}

const json = (text: string, init: ResponseInit = {}) =>
  new Response(text, { headers: { "content-type": "application/json" }, ...init });

Deno.test("readPublicJson() reads a document, and sends nothing of ours", async () => {
  const seen: string[] = [];
  await withServer(({ headers }) => {
    seen.push(...headers.keys());
    return json('{"a":1}');
  }, async (read) => {
    assert.deepEqual(await read("/c"), { a: 1 });
  });
  for (const name of ["authorization", "cookie", "x-api-key"]) assert.ok(!seen.includes(name));
});

Deno.test("an attack: readPublicJson() neither follows, nor waits, nor reads without end", async (t) => {
  let asked = 0;
  const handler: Handler = ({ url }) => {
    asked++;
    const { pathname, origin } = new URL(url);
    switch (pathname) {
      case "/away":
        return json("{}", { status: 302, headers: { location: `${origin}/next` } });
      case "/large":
        return json(JSON.stringify("x".repeat(64 * 1024)));
      case "/bomb":
        return json("[".repeat(20_000));
      case "/html":
        return new Response("{}", { headers: { "content-type": "text/html" } });
      case "/missing":
        return json("{}", { status: 404 });
      case "/slow":
        return new Promise((resolve) => setTimeout(() => resolve(json("{}")), 7_000));
      default:
        return json("{}");
    }
  };
  await withServer(handler, async (read) => {
    for (const path of ["/away", "/large", "/bomb", "/html", "/missing"]) {
      await t.step(path, () => assert.rejects(read(path)));
    }
    assert.equal(asked, 5);
    await t.step("/slow", async () => {
      const before = performance.now();
      await assert.rejects(read("/slow"));
      assert.ok(performance.now() - before < 6_500);
    });
    await t.step("what holds it: the next one is read", async () => {
      assert.deepEqual(await read("/c"), {});
    });
  });
});

Deno.test("an attack: readPublicJson() reaches nothing that is not public, whatever it is called", async () => {
  const addresses = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "::1",
    "64:ff9b::7f00:1",
    "fd00::1",
  ];
  for (const address of addresses) {
    const resolve = () => Promise.resolve(["93.184.216.34", address]);
    await assert.rejects(readPublicJson(`https://${NAME}/c`, { allowPrivate: [], resolve }), {
      code: "permission_denied",
    });
  }
  const urls = [
    "https://127.0.0.1/c",
    "https://[::1]/c",
    "https://0x7f.1/c",
    "https://2130706433/",
  ];
  for (const url of urls) await assert.rejects(readPublicJson(url), { code: "permission_denied" });
  for (const url of ["http://93.184.216.34/c", "file:///etc/passwd", "HTTPS"]) {
    await assert.rejects(readPublicJson(url), { code: "invalid_input" });
  }
});
