import assert from "node:assert/strict";
import { brotliCompressSync, deflateSync } from "node:zlib";
import { startEgress, textOf } from "../../tests/support/egress_fixture.ts";

const MIB = 1024 * 1024;

function endless(onPull: () => void = () => {}, onCancel: () => void = () => {}): ReadableStream {
  const piece = new Uint8Array(64 * 1024);
  return new ReadableStream({
    pull(controller) {
      onPull();
      controller.enqueue(piece);
    },
    cancel: onCancel,
  });
}

/** A body that begins and then says no more. */
function unfinished(onCancel: () => void = () => {}): ReadableStream {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(10)),
    cancel: onCancel,
  });
}

function gzip(stream: ReadableStream<Uint8Array<ArrayBuffer>>, times = 1): ReadableStream {
  let out = stream;
  for (let round = 0; round < times; round++) {
    out = out.pipeThrough(new CompressionStream("gzip"));
  }
  return out;
}

function zeros(bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob(Array.from({ length: bytes / MIB }, () => new Uint8Array(MIB))).stream();
}

Deno.test("request() reads no faster than its reader", async () => {
  let pieces = 0;
  const cancelled = Promise.withResolvers<void>();
  await using egress = startEgress(() => new Response(endless(() => pieces++, cancelled.resolve)));
  const response = await egress.send();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = pieces;
  assert(before * 64 * 1024 < 12 * MIB, `${before} pieces without a reader`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(pieces, before);
  await response.body?.cancel();
  await cancelled.promise;
});

Deno.test("request() sends no faster than the other side reads", async () => {
  let pieces = 0;
  const release = Promise.withResolvers<void>();
  await using egress = startEgress(async () => {
    await release.promise;
    return new Response("enough");
  }, { limits: { requestBodyBytes: 1024 * MIB } });
  const pending = egress.send({ method: "POST", body: endless(() => pieces++) });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = pieces;
  assert(before * 64 * 1024 < 16 * MIB, `${before} pieces to a side that reads none`);
  release.resolve();
  assert.equal(await textOf(await pending), "enough");
});

Deno.test("request() decodes what came encoded, within the limit", async () => {
  const text = "decoded ".repeat(1000);
  const bodies: Record<string, BodyInit> = {
    gzip: gzip(new Blob([text]).stream()),
    br: new Uint8Array(brotliCompressSync(text)),
    deflate: new Uint8Array(deflateSync(text)),
    "gzip, gzip": gzip(new Blob([text]).stream(), 2),
    identity: text,
  };
  await using egress = startEgress((request) => {
    const encoding = decodeURIComponent(new URL(request.url).pathname.slice(1));
    return new Response(bodies[encoding], { headers: { "content-encoding": encoding } });
  });
  for (const encoding of Object.keys(bodies)) {
    const response = await egress.send({ url: `${egress.origin}/${encoding}` });
    assert.equal(await textOf(response), text, encoding);
    const names = response.headers.map(([name]) => name);
    assert.equal(names.includes("content-encoding"), encoding === "identity");
  }
});

Deno.test("request() stops response bombs", async () => {
  await using egress = startEgress((request) => {
    const { pathname } = new URL(request.url);
    const [encoding, body] = pathname === "/gzip"
      ? ["gzip", gzip(zeros(64 * MIB))]
      : pathname === "/nested"
      ? ["gzip, gzip", gzip(zeros(64 * MIB), 2)]
      : pathname === "/layers"
      ? ["gzip, gzip, gzip, gzip", "x"]
      : ["identity", endless()];
    return new Response(body, { headers: { "content-encoding": encoding } });
  }, { limits: { responseBodyBytes: 2 * MIB } });
  for (const path of ["/gzip", "/nested", "/endless"]) {
    const response = await egress.send({ url: `${egress.origin}${path}` });
    await assert.rejects(textOf(response), {
      code: "resource_limit",
      details: { limit: "egress.responseBodyBytes", value: 2 * MIB },
    }, path);
  }
  await assert.rejects(textOf(await egress.send({ url: `${egress.origin}/layers` })), {
    code: "upstream_failed",
  });
});

Deno.test("request() holds the named limits", async () => {
  await using egress = startEgress(async (request) => {
    await request.body?.cancel();
    const big = new URL(request.url).pathname === "/head";
    return new Response("x".repeat(600), { headers: big ? { big: "x".repeat(3000) } : {} });
  }, {
    limits: {
      requestBodyBytes: 1000,
      headerBytes: 2000,
      totalResponseBytes: 1000,
      totalRequests: 8,
    },
  });
  const limited = (limit: string) => (error: unknown) => {
    assert(error instanceof Error && "details" in error, `${error}`);
    assert.equal(JSON.stringify(error.details).match(/egress\.(\w+)/)?.[1], limit);
    return true;
  };
  const body = new Blob(["x".repeat(1001)]).stream();
  await assert.rejects(egress.send({ method: "POST", body }), limited("requestBodyBytes"));
  const headers = [["a", "x".repeat(2000)]] as const;
  await assert.rejects(egress.send({ headers }), limited("headerBytes"));
  const url = `${egress.origin}/head`;
  await assert.rejects(egress.send({ url }), limited("headerBytes"));
  await textOf(await egress.send());
  await assert.rejects(
    async () => await textOf(await egress.send()),
    limited("totalResponseBytes"),
  );
  const rest = await Promise.allSettled(
    Array.from({ length: 20 }, async () => await (await egress.send()).body?.cancel()),
  );
  const refused = rest.filter((result) => result.status === "rejected");
  assert.equal(refused.length, 20 - 4);
  assert(limited("totalRequests")(refused[0]?.reason));
  assert.equal(egress.call.records().length, 8);
});

Deno.test("request() lets only so many in at once", async () => {
  let now = 0;
  let most = 0;
  await using egress = startEgress(async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 10));
    now--;
    return new Response("ok");
  }, { limits: { concurrentRequests: 3 } });
  await Promise.all(Array.from({ length: 12 }, async () => await textOf(await egress.send())));
  assert.equal(most, 3);
});

Deno.test("request() frees its place when a small body is never read", async () => {
  await using egress = startEgress(() => new Response("small"), {
    limits: { concurrentRequests: 1 },
  });
  for (let count = 0; count < 5; count++) assert.equal((await egress.send()).status, 200);
  assert(egress.call.records().every((record) => record.responseBytes <= 5));
});

Deno.test("records() counts both bodies", async () => {
  await using egress = startEgress(() => new Response("12345"), { now: () => 0 });
  const response = await egress.send({ method: "POST", body: new Blob(["123"]).stream() });
  await textOf(response);
  const [record] = egress.call.records();
  assert.deepEqual(record, {
    method: "POST",
    host: `127.0.0.1:${egress.port}`,
    outcome: 200,
    requestBytes: 3,
    responseBytes: 5,
    durationMs: 0,
  });
});

Deno.test("request() ends with its signal, before and after the head", async () => {
  const gone: string[] = [];
  await using egress = startEgress((request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/body") return new Response(unfinished(() => gone.push(pathname)));
    return new Promise((resolve) =>
      request.signal.addEventListener("abort", () => {
        gone.push(pathname);
        resolve(new Response());
      })
    );
  });
  for (const path of ["/head", "/body"]) {
    const controller = new AbortController();
    const url = `${egress.origin}${path}`;
    const pending = egress.send({ url }, controller.signal).then(textOf);
    setTimeout(() => controller.abort(new Error("enough")), 30);
    await assert.rejects(pending, { message: "enough" });
  }
  await assert.rejects(egress.send({}, AbortSignal.abort(new Error("early"))), {
    message: "early",
  });
  for (let wait = 0; gone.length < 2 && wait < 100; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(gone.sort(), ["/body", "/head"]);
});

Deno.test("close() ends everything in flight and refuses what comes later", async () => {
  const sent = Promise.withResolvers<unknown>();
  await using egress = startEgress((request) => {
    const { pathname } = new URL(request.url);
    return pathname === "/body" ? new Response(unfinished()) : new Promise((resolve) => {
      request.signal.addEventListener("abort", () => resolve(new Response()));
    });
  }, { limits: { concurrentRequests: 3 } });
  const body = await egress.send({ url: `${egress.origin}/body` });
  const head = egress.send({ url: `${egress.origin}/head` });
  const upload = egress.send({
    method: "POST",
    body: new ReadableStream({ cancel: sent.resolve }),
  });
  const queued = egress.send();
  const settled = Promise.allSettled([textOf(body), head, upload, queued]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  egress.call.close();
  for (const result of await settled) {
    assert.equal(result.status, "rejected");
    assert.equal(result.reason.code, "upstream_failed");
  }
  await sent.promise;
  await assert.rejects(egress.send(), { code: "upstream_failed" });
});

Deno.test("open() closes by itself at the deadline", async () => {
  const deadline = new AbortController();
  await using egress = startEgress(() => new Response(unfinished()), {
    deadlineSignal: deadline.signal,
  });
  const reading = textOf(await egress.send());
  deadline.abort();
  await assert.rejects(reading, { code: "deadline_exceeded" });
});

Deno.test("request() reports an answer that breaks off", async () => {
  await using egress = startEgress(() =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array(10)),
        pull: (controller) => controller.error(new Error("broken")),
      }),
    )
  );
  const response = await egress.send();
  await assert.rejects(textOf(response), { code: "upstream_failed" });
});

Deno.test("request() keeps its connections and leaks none over 1000 requests", async () => {
  const ports = new Set<number>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (_request, info) => {
    ports.add(info.remoteAddr.port);
    return new Response("ok");
  });
  await using egress = startEgress(() => new Response());
  const url = `http://127.0.0.1:${server.addr.port}/`;
  for (let count = 0; count < 1000; count++) {
    assert.equal(await textOf(await egress.send({ url })), "ok");
  }
  assert(ports.size <= 2, `${ports.size} connections`);
  assert.equal(openSocketsTo(server.addr.port) <= 2, true);
  egress.call.close();
  // Graceful: ends only when every connection has been closed by the other side.
  await server.shutdown();
  assert.equal(egress.call.records().length, 1000);
});

/** Established connections to `port` that this machine knows of, from the client's side. */
function openSocketsTo(port: number): number {
  const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return Deno.readTextFileSync("/proc/net/tcp").split("\n")
    .filter((line) => line.trim().split(/\s+/)[2] === remote && / 01 /.test(line)).length;
}
