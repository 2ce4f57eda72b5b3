import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { bodyOf, startEgress, textOf } from "../../tests/support/egress_fixture.ts";
import { createEgressBroker } from "./egress_broker.ts";
import { selfSigned } from "../../tests/support/self_signed.ts";

const NEVER = new AbortController().signal;

async function echo(request: Request): Promise<Response> {
  return Response.json({
    method: request.method,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  });
}

Deno.test("createEgressBroker() refuses what is not granted, and says what would be", async () => {
  let resolved = 0;
  const broker = createEgressBroker({
    allowPrivate: [],
    resolve: () => Promise.resolve([`${++resolved}`]),
  });
  using call = broker.open(["api.example.com"], { deadlineSignal: NEVER });
  const request = {
    method: "GET",
    url: "https://other.example:8443/secret?key=1",
    headers: [],
    body: null,
    redirect: "follow",
  } as const;
  await assert.rejects(call.request(request, NEVER), (error: unknown) => {
    assert(error instanceof AirlockError);
    assert.equal(error.code, "permission_denied");
    assert.deepEqual(error.details, { host: "other.example", grant: "other.example:8443" });
    assert.equal(error.suggestion, 'Grant it with permissions.net: ["other.example:8443"]');
    return true;
  });
  // A name is a message too: nothing may be looked up for it.
  assert.equal(resolved, 0);
  const [record] = call.records();
  assert.deepEqual([record?.host, record?.outcome], ["other.example:8443", "refused"]);
});

Deno.test("createEgressBroker() refuses every spelling of an address that is not public", async () => {
  const urls = [
    "127.0.0.1 127.1 127.0.1 2130706433 017700000001 0x7f000001 0x7f.1 0177.0.0.1 127.0.0.1.",
    "①②⑦.0.0.1 127。0。0。1 0 0.0.0.0 0x0 10.1 10.0.0.1 167772161 0xa000001 012.0.0.1 172.16.1",
    "192.168.1 192.168.257 3232235777 169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376",
    "169.254.43518 100.64.1 100.100.100.200 168.63.129.16 198.18.0.1 224.1 240.1 4294967295",
    "255.255.255.255 192.0.2.1 203.0.113.1 198.51.100.1 192.0.0.192 192.88.99.1 %31%32%37.1",
    "[::] [::1] [0:0:0:0:0:0:0:1] [::127.0.0.1] [::7f00:1] [::ffff:127.0.0.1] [::ffff:7f00:1]",
    "[::ffff:0a00:0001] [0:0:0:0:0:ffff:a9fe:a9fe] [::ffff:8.8.8.8] [::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::1] [2002:7f00:1::] [2002:a9fe:a9fe::]",
    "[2001::1] [2001:0:a01:203::f5fe:fdfc] [fc00::1] [fd00:ec2::254] [fe80::1] [fec0::1] [ff02::1]",
    "[2001:db8::1] [100::1] [3fff::1] [2606:4700::5efe:127.0.0.1] [2606:4700:0:0:200:5efe:a00:1]",
  ].flatMap((line) => line.split(" "));
  assert(urls.length >= 60, `${urls.length} spellings`);
  const broker = createEgressBroker({ allowPrivate: [] });
  for (const host of urls) {
    const url = `http://${host}/`;
    for (const grant of ["public", [new URL(url).hostname]] as const) {
      using call = broker.open(grant, { deadlineSignal: NEVER });
      const request = { method: "GET", url, headers: [], body: null, redirect: "follow" } as const;
      await assert.rejects(call.request(request, NEVER), (error: unknown) => {
        assert(error instanceof AirlockError, `${host}: ${error}`);
        assert.equal(error.code, "permission_denied", `${host}: ${error.message}`);
        assert(typeof error.details.reason === "string", `${host} on ${grant}: by grant only`);
        return true;
      });
    }
  }
});

Deno.test("createEgressBroker() pins the address it checked", async () => {
  const answers = ["127.0.0.1", "10.0.0.1"];
  await using egress = startEgress(echo, {
    grant: "public",
    resolve: () => Promise.resolve([answers.shift() ?? "10.0.0.2"]),
  });
  const url = `http://rebind.example:${egress.port}/`;
  const seen = JSON.parse(await textOf(await egress.send({ url })));
  assert.equal(seen.headers.host, `rebind.example:${egress.port}`);
  // The name now leads elsewhere; this call stays with what was checked.
  assert.equal((await egress.send({ url })).status, 200);
  assert.deepEqual(answers, ["10.0.0.1"]);
});

Deno.test("createEgressBroker() checks what a name leads to for each port", async () => {
  await using egress = startEgress(echo, {
    grant: "public",
    allowPrivate: ["inside.example:443"],
    resolve: () => Promise.resolve(["127.0.0.1"]),
  });
  // Allowed, whatever comes of it: nobody needs to listen there.
  await assert.rejects(egress.send({ url: "https://inside.example/" }), {
    code: "upstream_failed",
  });
  await assert.rejects(egress.send({ url: "http://inside.example/" }), {
    code: "permission_denied",
  });
});

Deno.test("createEgressBroker() refuses a name with one bad answer, without showing it", async () => {
  for (const bad of ["10.1.2.3", "::1", "::ffff:127.0.0.1", "not-an-address"]) {
    await using egress = startEgress(echo, {
      grant: "public",
      resolve: () => Promise.resolve(["127.0.0.1", bad]),
    });
    await assert.rejects(egress.send({ url: "http://mixed.example/" }), (error: unknown) => {
      assert(error instanceof AirlockError);
      assert.equal(error.code, "permission_denied");
      assert(!JSON.stringify([error.message, error.details]).includes(bad));
      return true;
    });
  }
});

Deno.test("createEgressBroker() tries the next address when one does not answer", async () => {
  await using egress = startEgress(echo, {
    grant: "public",
    allowPrivate: ["127.0.0.0/8", "::1"],
    resolve: () => Promise.resolve(["::1", "127.0.0.1"]),
  });
  assert.equal((await egress.send({ url: `http://two.example:${egress.port}/` })).status, 200);
});

Deno.test("createEgressBroker() reports names and connections that fail", async () => {
  await using egress = startEgress(echo, {
    grant: "public",
    resolve: (host) =>
      host === "gone.example"
        ? Promise.reject(Object.assign(new Error("x"), { code: "ENOTFOUND" }))
        : host === "slow.example"
        ? new Promise(() => {})
        : Promise.resolve(["127.0.0.1"]),
    limits: { connectTimeoutMs: 50 },
  });
  const reason = (url: string) =>
    egress.send({ url }).then(() => "none", (error: AirlockError) => {
      assert.equal(error.code, "upstream_failed");
      return error.details.reason;
    });
  assert.equal(await reason("http://gone.example/"), "ENOTFOUND");
  assert.equal(await reason("http://slow.example/"), "ETIMEDOUT");
  assert.equal(await reason("http://closed.example:2/"), "ECONNREFUSED");
});

Deno.test("createEgressBroker() writes connection headers itself", async () => {
  await using egress = startEgress(echo);
  const headers = [
    ["Host", "evil.test"],
    ["Connection", "upgrade, x-kept"],
    ["Upgrade", "websocket"],
    ["Transfer-Encoding", "chunked"],
    ["Content-Length", "99"],
    ["Expect", "100-continue"],
    ["Proxy-Authorization", "Basic eA=="],
    ["TE", "trailers"],
    ["__proto__", "odd"],
    ["X-Kept", "1"],
    ["X-Kept", "2"],
  ] as const;
  const seen = JSON.parse(await textOf(await egress.send({ headers }))).headers;
  assert.equal(seen.host, `127.0.0.1:${egress.port}`);
  assert.equal(seen["x-kept"], "1, 2");
  for (const name of ["upgrade", "transfer-encoding", "content-length", "expect", "te"]) {
    assert.equal(seen[name], undefined, name);
  }
  assert.equal(seen["proxy-authorization"], undefined);
  assert.equal(seen.connection, "keep-alive");
});

Deno.test("createEgressBroker() refuses malformed requests", async () => {
  await using egress = startEgress(echo);
  const bad = [
    { headers: [["a", "b\r\nx: y"]] },
    { headers: [["a", "b\nx: y"]] },
    { headers: [["a\r\nx", "b"]] },
    { headers: [["a b", "c"]] },
    { headers: [["", "c"]] },
    { headers: [["a", "\u0000"]] },
    { headers: [["a", "€"]] },
    { method: "CONNECT" },
    { method: "TRACE" },
    { method: "GET / HTTP/1.1\r\nx:" },
    { method: "" },
    { url: "ftp://127.0.0.1/" },
    { url: "file:///etc/hostname" },
    { url: "http://user:pass@127.0.0.1/" },
    { url: "/relative" },
  ] as const;
  for (const part of bad) {
    await assert.rejects(egress.send(part), { code: "invalid_input" }, JSON.stringify(part));
  }
});

Deno.test("createEgressBroker() holds a body to its declared length", async () => {
  let served = 0;
  await using egress = startEgress(async (request) => {
    served++;
    return await echo(request);
  });
  const send = (length: string, text: string) =>
    egress.send({ method: "POST", headers: [["content-length", length]], body: bodyOf(text) });
  const seen = JSON.parse(await textOf(await send("5", "hello")));
  assert.deepEqual([seen.body, seen.headers["content-length"]], ["hello", "5"]);
  const smuggled = "helloGET /second HTTP/1.1\r\nhost: x\r\n\r\n";
  await assert.rejects(send("5", smuggled), { code: "invalid_input" });
  await assert.rejects(send("50", "short"), { code: "invalid_input" });
  assert.equal(JSON.parse(await textOf(await egress.send())).method, "GET");
  assert(served <= 4);
});

Deno.test("createEgressBroker() checks certificates against the name", async () => {
  const tls = await selfSigned("secure.example");
  const options = {
    tls,
    ca: [tls.cert],
    grant: "public",
    resolve: () => Promise.resolve(["127.0.0.1"]),
  } as const;
  await using egress = startEgress(echo, options);
  const url = `https://secure.example:${egress.port}/`;
  assert.equal((await egress.send({ url })).status, 200);
  const other = `https://other.example:${egress.port}/`;
  await assert.rejects(egress.send({ url: other }), {
    code: "upstream_failed",
    details: { host: "other.example", reason: "ERR_TLS_CERT_ALTNAME_INVALID" },
  });
  await using strict = startEgress(echo, { ...options, ca: undefined });
  await assert.rejects(strict.send({ url: `https://secure.example:${strict.port}/` }), {
    code: "upstream_failed",
  });
});
