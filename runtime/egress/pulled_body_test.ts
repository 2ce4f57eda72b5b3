import assert from "node:assert/strict";
import type { EgressFixture } from "../../tests/support/egress_fixture.ts";
import { startEgress } from "../../tests/support/egress_fixture.ts";
import type { PulledResponse, WholeRequest } from "./egress_call.ts";

const MIB = 1024 * 1024;

function exchange(
  { call, origin }: EgressFixture,
  part: Partial<WholeRequest> = {},
  signal = new AbortController().signal,
): Promise<PulledResponse> {
  return call.exchange(
    { method: "GET", url: origin, headers: [], body: null, redirect: "follow", ...part },
    signal,
  );
}

async function textOf({ body }: PulledResponse): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (let piece = await body?.next(); piece; piece = await body?.next()) {
    text += decoder.decode(piece, { stream: true });
  }
  return text;
}

/** Zeros without an end. */
function endless(onPull: () => void = () => {}, onCancel: () => void = () => {}): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      onPull();
      controller.enqueue(new Uint8Array(64 * 1024));
    },
    cancel: onCancel,
  });
}

Deno.test("pulledBody() gives what a server answers, after redirects too", async () => {
  await using egress = startEgress(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/moved") {
      return new Response(null, { status: 307, headers: { location: "/" } });
    }
    return new Response(`got ${await request.text()}`);
  });
  const body = new TextEncoder().encode("words");
  const [method, url] = ["POST", `${egress.origin}/moved`];
  assert.equal(await textOf(await exchange(egress, { method, body })), "got words");
  assert.equal(await textOf(await exchange(egress, { method, body, url })), "got words");
  const [first] = egress.call.records();
  assert.deepEqual([first?.requestBytes, first?.responseBytes], [5, 9]);
});

Deno.test("pulledBody() holds the limits of both bodies, before and after decompression", async () => {
  const zeros = new Blob(Array.from({ length: 16 }, () => new Uint8Array(MIB)));
  await using egress = startEgress(
    (request) =>
      new URL(request.url).pathname === "/gzip"
        ? new Response(zeros.stream().pipeThrough(new CompressionStream("gzip")), {
          headers: { "content-encoding": "gzip" },
        })
        : new Response(endless()),
    { limits: { responseBodyBytes: 2 * MIB, requestBodyBytes: 10 } },
  );
  for (const path of ["/gzip", "/endless"]) {
    const answer = await exchange(egress, { url: `${egress.origin}${path}` });
    await assert.rejects(textOf(answer), {
      code: "resource_limit",
      details: { limit: "egress.responseBodyBytes", value: 2 * MIB },
    }, path);
  }
  await assert.rejects(exchange(egress, { method: "POST", body: new Uint8Array(11) }), {
    code: "resource_limit",
    details: { limit: "egress.requestBodyBytes", value: 10 },
  });
});

Deno.test("pulledBody() is read no faster than it is asked for, and ends when it is cancelled", async () => {
  let pieces = 0;
  const cancelled = Promise.withResolvers<void>();
  await using egress = startEgress(() => new Response(endless(() => pieces++, cancelled.resolve)));
  const { body } = await exchange(egress);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert(pieces * 64 * 1024 < 12 * MIB, `${pieces} pieces without a reader`);
  body?.cancel();
  assert.equal(await body?.next(), null);
  await cancelled.promise;
});

Deno.test("pulledBody() fails with its signal, and where the answer breaks off", async () => {
  await using egress = startEgress((request) =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array(10)),
        pull(controller) {
          const breaks = new URL(request.url).pathname === "/broken";
          if (breaks) controller.error(new Error("broken"));
          else return new Promise(() => {});
        },
      }),
    )
  );
  const controller = new AbortController();
  const reading = textOf(await exchange(egress, {}, controller.signal));
  controller.abort(new Error("enough"));
  await assert.rejects(reading, { message: "enough" });
  const broken = await exchange(egress, { url: `${egress.origin}/broken` });
  await assert.rejects(textOf(broken), { code: "upstream_failed" });
});

Deno.test("exchange() sends no more of its body once it is answered", async () => {
  await using egress = startEgress(() => new Response());
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const body = new Uint8Array(16 * MIB);
  const answered = Promise.withResolvers<void>();
  const serving = (async () => {
    using server = await listener.accept();
    await server.read(new Uint8Array(100));
    await server.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
    await answered.promise;
    // Only now: nobody read what was being sent.
    const { length } = await new Response(server.readable).bytes();
    assert(length < body.length);
  })();
  const headers: [string, string][] = [["content-length", `${body.length}`]];
  const url = `http://127.0.0.1:${port}`;
  const answer = await exchange(egress, { method: "POST", url, headers, body });
  assert.equal(await textOf(answer), "ok");
  answered.resolve();
  await serving;
});
