import assert from "node:assert/strict";
import type { ExecutionResult } from "../spec/execution.ts";
import { fakeFailure, fakeGateway, fakeSuccess } from "../tests/support/fake_gateway.ts";
import { serveGateway } from "./serve_gateway.ts";

const REQUEST = {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: '{"packageName":"a","name":"b","params":{"n":1}}',
};

Deno.test("serveGateway() lets running calls finish and turns new ones away", async () => {
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const { app, gate } = fakeGateway({
    async execute(request, context) {
      begun.resolve();
      await finish.promise;
      return fakeSuccess(request, context);
    },
  });
  const gateway = serveGateway(app, { host: "127.0.0.1", port: 0, gate });
  const running = fetch(`${gateway.url}/execute-tool`, REQUEST);
  await begun.promise;
  const drained = gateway.drain(5_000);
  const refused = await fetch(`${gateway.url}/execute-tool`, REQUEST);
  assert.equal(refused.status, 503);
  assert.equal((await refused.json()).code, "shutting_down");
  finish.resolve();
  assert.deepEqual((await (await running).json()).output, { n: 1 });
  await drained;
  await assert.rejects(fetch(`${gateway.url}/health`));
});

for (const how of ["grace", "force"] as const) {
  Deno.test(`serveGateway() aborts calls that outlast the drain (${how})`, async () => {
    const begun = Promise.withResolvers<void>();
    const { app, gate } = fakeGateway({
      execute: (_request, context) =>
        new Promise<ExecutionResult>((resolve) => {
          begun.resolve();
          context.signal.addEventListener("abort", () => {
            resolve(fakeFailure("shutting_down", context));
          });
        }),
    });
    const gateway = serveGateway(app, { host: "127.0.0.1", port: 0, gate });
    const running = fetch(`${gateway.url}/execute-tool`, REQUEST).then(
      (response) => response.text(),
      () => "connection closed",
    );
    await begun.promise;
    const force = new AbortController();
    const drained = gateway.drain(how === "grace" ? 20 : 60_000, force.signal);
    if (how === "force") force.abort();
    await drained;
    const text = await running;
    if (how === "grace") assert.match(text, /shutting_down/);
  });
}

Deno.test("serveGateway() counts bytes of a chunked body on the wire", async () => {
  const { app, gate } = fakeGateway({ settings: { maxBodyBytes: 1_000 } });
  const gateway = serveGateway(app, { host: "127.0.0.1", port: 0, gate });
  const { port, hostname } = new URL(gateway.url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const chunk = `400\r\n${"x".repeat(0x400)}\r\n`;
  const head = `POST /execute-tool HTTP/1.1\r\nhost: ${hostname}:${port}\r\n` +
    "content-type: application/json\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n";
  await connection.write(new TextEncoder().encode(head + chunk + chunk));
  const buffer = new Uint8Array(4_096);
  const count = await connection.read(buffer) ?? 0;
  assert.match(new TextDecoder().decode(buffer.subarray(0, count)), /^HTTP\/1\.1 4(13|00)/);
  await gateway.drain(0);
});
