import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { bodyOf, startEgress, textOf } from "../../tests/support/egress_fixture.ts";

function redirect(status: number, location: string): Response {
  return new Response("moved", { status, headers: { location } });
}

async function echo(request: Request): Promise<Response> {
  return Response.json({
    url: request.url,
    method: request.method,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  });
}

const LOOPBACK = () => Promise.resolve(["127.0.0.1"]);

Deno.test("followRedirects() checks every hop against the grant and the addresses", async () => {
  for (
    const [location, code, grant] of [
      ["http://other.example/", "permission_denied", ["start.example"]],
      ["http://169.254.169.254/latest/", "permission_denied", "public"],
      ["http://[::ffff:127.0.0.1]/", "permission_denied", "public"],
      ["http://2130706433:1/", "permission_denied", "public"],
      ["//10.0.0.1/", "permission_denied", "public"],
      ["file:///etc/hostname", "upstream_failed", "public"],
      ["http://u:p@start.example/", "upstream_failed", "public"],
      ["http://[", "upstream_failed", "public"],
    ] as const
  ) {
    await using egress = startEgress(() => redirect(302, location), {
      grant,
      resolve: LOOPBACK,
      allowPrivate: ["start.example"],
    });
    await assert.rejects(
      egress.send({ url: `http://start.example:${egress.port}/` }),
      { code },
      location,
    );
  }
});

Deno.test("followRedirects() says where the refused hop came from", async () => {
  await using egress = startEgress(() => redirect(302, "https://cdn.example/"));
  await assert.rejects(egress.send(), (error: unknown) => {
    assert(error instanceof AirlockError);
    assert.equal(error.details.grant, "cdn.example");
    assert.match(error.message, /cdn\.example, where 127\.0\.0\.1:\d+ redirects: not granted/);
    return true;
  });
  assert.deepEqual(egress.call.records().map((record) => record.outcome), [302, "refused"]);
});

Deno.test("followRedirects() drops credentials when the origin changes, keeps them when not", async () => {
  let port = 0;
  await using egress = startEgress(
    (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/same") return redirect(302, "/end");
      if (pathname === "/cross") return redirect(302, `http://second.example:${port}/end`);
      return echo(request);
    },
    { grant: "public", resolve: LOOPBACK },
  );
  port = egress.port;
  const headers = [
    ["Authorization", "Bearer secret"],
    ["Cookie", "session=secret"],
    ["X-Api-Key", "secret"],
    ["X-Other", "kept"],
  ] as const;
  const url = (path: string) => `http://first.example:${port}${path}`;
  const same = await textOf(await egress.send({ url: url("/same"), headers }));
  assert.equal(same.match(/secret/g)?.length, 3);
  const cross = await textOf(await egress.send({ url: url("/cross"), headers }));
  assert(!cross.includes("secret"), cross);
  assert(cross.includes("kept"));
});

Deno.test("followRedirects() rewrites methods and sends small bodies again", async () => {
  await using egress = startEgress((request) => {
    const { pathname } = new URL(request.url);
    return pathname === "/end" ? echo(request) : redirect(Number(pathname.slice(1)), "/end");
  }, { limits: { replayBodyBytes: 100 } });
  const send = async (status: number, method: string, text: string) => {
    const response = await egress.send({
      url: `${egress.origin}/${status}`,
      method,
      headers: [["content-type", "text/x"], ["content-length", `${text.length}`]],
      body: method === "GET" ? null : bodyOf(text),
    });
    assert(response.redirected);
    assert.equal(response.url, `${egress.origin}/end`);
    const seen = JSON.parse(await textOf(response));
    return [seen.method, seen.body, seen.headers["content-type"]];
  };
  for (const status of [301, 302, 303]) {
    assert.deepEqual(await send(status, "POST", "data"), ["GET", "", undefined]);
  }
  assert.deepEqual(await send(303, "PUT", "data"), ["GET", "", undefined]);
  assert.deepEqual(await send(302, "PUT", "data"), ["PUT", "data", "text/x"]);
  for (const status of [307, 308]) {
    assert.deepEqual(await send(status, "POST", "data"), ["POST", "data", "text/x"]);
  }
  await assert.rejects(send(307, "POST", "x".repeat(101)), { code: "upstream_failed" });
});

Deno.test("followRedirects() stops at loops, and where following is not wanted", async () => {
  await using egress = startEgress(() => redirect(302, "/again"));
  await assert.rejects(egress.send(), {
    code: "resource_limit",
    details: { limit: "egress.redirects", value: 20 },
  });
  assert.equal(egress.call.records().length, 21);
  const manual = await egress.send({ redirect: "manual" });
  assert.deepEqual([manual.status, manual.redirected, await textOf(manual)], [302, false, "moved"]);
  assert.equal(manual.headers.find(([name]) => name === "location")?.[1], "/again");
  await assert.rejects(egress.send({ redirect: "error" }), { code: "upstream_failed" });
});
