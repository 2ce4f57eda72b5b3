import assert from "node:assert/strict";
import { fakeFailure } from "../tests/support/fake_gateway.ts";
import type { ExecutionResult } from "../spec/execution.ts";
import { fakeCli } from "../tests/support/fake_cli.ts";

// There is no database in these tests: only the configured key can be known without one.
const ENVIRONMENT = {
  AIRLOCK_PORT: "0",
  AIRLOCK_LOG_LEVEL: "error",
  AIRLOCK_API_KEY: "serve-key",
};

async function urlOf(cli: ReturnType<typeof fakeCli>): Promise<string> {
  for (let tries = 0; tries < 500; tries++) {
    const url = /http:\/\/\S+:\d+/.exec(cli.output.out)?.[0];
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return assert.fail("it never said where it listens");
}

const CALL = {
  method: "POST",
  headers: { "content-type": "application/json", "x-api-key": "serve-key" },
  body: '{"packageName":"a","name":"b","params":{"n":1}}',
};

Deno.test("airlock serve answers calls, and ends with 0 when told to stop", async () => {
  const cli = fakeCli({ environment: ENVIRONMENT });
  const ended = cli.run("serve");
  const url = await urlOf(cli);
  assert.match(cli.output.out, /isolation +rlimits/);
  assert.match(cli.output.out, /curl http/);
  const response = await fetch(`${url}/execute-tool`, CALL);
  assert.deepEqual((await response.json()).output, { n: 1 });
  const health = await (await fetch(`${url}/health`)).json();
  assert.equal(health.status, "ok");
  assert.equal(health.database.state, "down");
  cli.signal();
  assert.equal(await ended, 0);
  assert.equal(cli.open.engines, 0);
});

Deno.test("airlock serve ends at once on a second signal", async () => {
  const begun = Promise.withResolvers<void>();
  const cli = fakeCli({
    environment: ENVIRONMENT,
    execute: (_request, context) =>
      new Promise<ExecutionResult>((resolve) => {
        begun.resolve();
        context.signal.addEventListener("abort", () => {
          resolve(fakeFailure("shutting_down", context));
        });
      }),
  });
  const ended = cli.run("serve");
  const url = await urlOf(cli);
  const call = fetch(`${url}/execute-tool`, CALL).then((response) => response.text(), () => "");
  await begun.promise;
  cli.signal();
  cli.signal();
  assert.equal(await ended, 130);
  await call;
  assert.equal(cli.open.engines, 0);
});

Deno.test("airlock serve says so when the port is taken", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const cli = fakeCli({
    environment: { ...ENVIRONMENT, AIRLOCK_PORT: String(taken.addr.port) },
  });
  assert.equal(await cli.run("serve"), 2);
  assert.match(cli.output.err, /listen: 127\.0\.0\.1:\d+ cannot be had \(Address already in use/);
  assert.equal(cli.open.engines, 0);
});

Deno.test("airlock serve says so when the host is no address of this machine", async () => {
  for (const AIRLOCK_HOST of ["192.0.2.1", "not a host"]) {
    const cli = fakeCli({ environment: { ...ENVIRONMENT, AIRLOCK_HOST, AIRLOCK_API_KEY: "k" } });
    assert.equal(await cli.run("serve"), 2, cli.output.err);
    assert.match(cli.output.err, /listen: .+ cannot be had/);
    assert.equal(cli.open.engines, 0);
  }
});
