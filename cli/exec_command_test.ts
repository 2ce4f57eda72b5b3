import assert from "node:assert/strict";
import { fakeFailure, fakeSuccess } from "../tests/support/fake_gateway.ts";
import type { ErrorCode } from "../spec/errors.ts";
import type { ExecutionResult, Executor } from "../spec/execution.ts";
import { fakeCli } from "../tests/support/fake_cli.ts";

Deno.test("airlock exec hands its options to the executor", async () => {
  const cli = fakeCli({ environment: { TOKEN: "from-shell" } });
  const code = await cli.run(
    ...["exec", "@scope/pkg@^1.2.0", "greet", '{"name":"Ada"}', "--env", "A=1=2", "--env", "B="],
    ...["--env-from", "TOKEN", "--net", "api.example.com,*.b.org", "--timeout", "2s"],
    ...["--source", "esm", "--tmp"],
  );
  assert.equal(code, 0, cli.output.err);
  assert.deepEqual(cli.requests, [{
    packageName: "@scope/pkg",
    version: "^1.2.0",
    name: "greet",
    params: { name: "Ada" },
    env: { TOKEN: "from-shell", A: "1=2", B: "" },
    permissions: { net: ["api.example.com", "*.b.org"], fs: "tmp" },
    limits: { timeoutMs: 2_000 },
    source: "esm",
  }]);
  assert.equal(cli.output.out, '{"name":"Ada"}\n');
  assert.equal(cli.open.engines, 0);
});

Deno.test("airlock exec grants nothing that was not asked for", async () => {
  const cli = fakeCli({ environment: { SECRET: "s" } });
  assert.equal(await cli.run("exec", "pkg", "tool"), 0);
  assert.deepEqual(cli.requests, [{ packageName: "pkg", name: "tool", params: {}, env: {} }]);
});

Deno.test("airlock exec reads parameters from stdin", async () => {
  const cli = fakeCli({ stdin: '{"a":[1]}\n' });
  assert.equal(await cli.run("exec", "pkg", "tool", "-"), 0);
  assert.deepEqual(cli.requests[0]?.params, { a: [1] });
});

Deno.test("airlock exec ends with the documented code", async () => {
  const codes: [ErrorCode, number][] = [
    ["tool_error", 1],
    ["invalid_input", 2],
    ["tool_not_found", 2],
    ["permission_denied", 3],
    ["resource_limit", 3],
    ["deadline_exceeded", 3],
    ["pool_exhausted", 3],
    ["artifact_failed", 4],
    ["no_runtime", 4],
    ["sandbox_crashed", 5],
    ["internal", 5],
  ];
  for (const [code, expected] of codes) {
    const cli = fakeCli({
      execute: (_request, context) => Promise.resolve(fakeFailure(code, context)),
    });
    assert.equal(await cli.run("exec", "pkg", "tool"), expected, code);
    assert.equal(cli.output.out, "");
    assert.match(
      cli.output.err,
      new RegExp(`error run call: ${code} \\(${code}\\)\nTry otherwise`),
    );
    assert.equal(cli.open.engines, 0);
  }
});

Deno.test("airlock exec refuses a wrong command line with code 2, before opening anything", async () => {
  const wrong = [
    ["exec"],
    ["exec", "pkg"],
    ["exec", "pkg", "tool", '{"secret-value'],
    ["exec", "pkg", "tool", "{}", "--env", "novalue"],
    ["exec", "pkg", "tool", "{}", "--env-from", "MISSING"],
    ["exec", "pkg", "tool", "{}", "--env-from", "constructor"],
    ["exec", "pkg", "tool", "{}", "--net", "http://x/"],
    ["exec", "pkg", "tool", "{}", "--timeout", "soon"],
    ["exec", "pkg", "tool", "{}", "--source", "ftp"],
    ["exec", "pkg", "tool", "{}", "--unknown"],
    ["exec", "pkg", "tool", "{}", "extra"],
    ["exec", "@bad", "tool"],
    ["frobnicate"],
  ];
  for (const args of wrong) {
    const cli = fakeCli();
    assert.equal(await cli.run(...args), 2, args.join(" "));
    assert.notEqual(cli.output.err, "", args.join(" "));
    assert.ok(!cli.output.err.includes("secret-value"));
    assert.equal(cli.requests.length, 0);
  }
});

Deno.test("airlock exec --json prints the whole result, failures too", async () => {
  const cli = fakeCli({
    execute: (_request, context) => Promise.resolve(fakeFailure("tool_error", context)),
  });
  assert.equal(await cli.run("exec", "pkg", "tool", "--json"), 1);
  assert.equal(JSON.parse(cli.output.out).code, "tool_error");
});

Deno.test("airlock exec colours what goes to a terminal only", async () => {
  const execute: Executor["execute"] = (_request, context) =>
    Promise.resolve(fakeFailure("tool_error", context));
  for (const [out, err] of [[true, false], [false, true]] as const) {
    const cli = fakeCli({ execute, colors: { out, err } });
    assert.equal(await cli.run("exec", "pkg", "tool"), 1);
    assert.equal(cli.output.err.includes("\x1b["), err);
  }
});

Deno.test("airlock exec keeps a tool's text from steering the terminal", async () => {
  const cli = fakeCli({
    terminal: true,
    execute(request, context) {
      context.onProgress?.("building\x1b]0;owned\x07");
      context.onLog?.({ level: "info", message: "\x1b[2Jlog", atMs: 0 });
      const result = fakeSuccess(request, context);
      return Promise.resolve({ ...result, output: "\x1b[31mred\u202e" });
    },
  });
  assert.equal(await cli.run("exec", "pkg", "tool"), 0);
  assert.equal(cli.output.out, "\\u{1b}[31mred\\u{202e}\n");
  const err = cli.output.err.replaceAll("\r\x1b[2K", "");
  assert.ok(!err.includes("\x1b"), JSON.stringify(err));
  assert.match(err, /\\u\{1b\}\[2Jlog\n/);
});

Deno.test("airlock exec aborts the call on an interrupt and closes its engine", async () => {
  const begun = Promise.withResolvers<void>();
  const cli = fakeCli({
    execute: (_request, context) =>
      new Promise<ExecutionResult>((resolve) => {
        begun.resolve();
        context.signal.addEventListener("abort", () => {
          resolve(fakeFailure("deadline_exceeded", context));
        });
      }),
  });
  const ended = cli.run("exec", "pkg", "tool");
  await begun.promise;
  cli.signal();
  assert.equal(await ended, 130);
  assert.equal(cli.open.engines, 0);
});
