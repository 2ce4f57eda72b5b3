import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { compileWat } from "../support/plugins/compile_wat.ts";
import { extismWat } from "../support/plugins/wat_plugins.ts";
import type { Rule } from "./rule.ts";
import { answerOf, failureOf, observe } from "./conformance_bench.ts";
import { loadPlugin, pluginUnit } from "./plugin_bench.ts";
import { ScriptedEgress } from "./scripted_egress.ts";

/** Puts out its whole environment, as WASI gives it. */
const ENVIRON = `(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 12)))
    (drop (call $get (i32.const 64) (i32.const 1024)))
    (i32.store (i32.const 8) (i32.const 1024))
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 32)))))`;

const request = (url: string) => ({ url, method: "put", headers: { "x-key": "k" } });

/** Rules about the network, several calls at once and endings, said with WebAssembly plug-ins. */
export const pluginCallRules: Readonly<Record<string, Rule>> = {
  "a request reaches the egress port whole, and its answer the tool": async (bench) => {
    const egress = new ScriptedEgress(() =>
      Promise.resolve({ status: 201, body: new Blob([`{"ok":true}`]).stream() })
    );
    const params = request("https://api.example.com/a?b=c");
    const answer = await answerOf(await loadPlugin(bench), "get", { egress, params });
    assert.deepEqual(answer, { ok: true });
    const [sent] = egress.requests;
    assert.deepEqual([sent?.method, sent?.url], ["PUT", "https://api.example.com/a?b=c"]);
    assert.deepEqual(sent?.headers, [["x-key", "k"]]);
  },

  "a refusal is a TypeError that names the grant": async (bench) => {
    const egress = new ScriptedEgress(() =>
      Promise.reject(
        new AirlockError("permission_denied", "Requesting api.example.com: not granted", {
          suggestion: "Grant net: api.example.com",
        }),
      )
    );
    const params = request("https://api.example.com/");
    const failure = await failureOf(
      observe(await loadPlugin(bench), "get", { egress, params }).report,
    );
    assert.deepEqual([failure.code, failure.suggestion], [
      "tool_error",
      "Grant net: api.example.com",
    ]);
    assert.match(failure.message, /Requesting api\.example\.com: not granted/);
  },

  "an address or headers beyond all measure are refused, and nothing else ends": async (bench) => {
    const sandbox = await loadPlugin(bench, { unit: { overlapping: true } });
    const egress = new ScriptedEgress(() => Promise.resolve({}));
    const slow = observe(sandbox, "sleep", { params: { n: 1 } });
    const huge = "x".repeat(3_000_000);
    const wrong = [request(`https://a.example/${huge}`), {
      ...request("https://a.example/"),
      headers: { "x-huge": huge },
    }];
    for (const params of wrong) {
      const failure = await failureOf(observe(sandbox, "get", { egress, params }).report);
      assert.equal(failure.code, "tool_error");
    }
    assert.deepEqual(egress.requests, []);
    assert.deepEqual((await slow.report).output, { n: 1 });
  },

  "an egress port that fails says nothing of the inside": async (bench) => {
    const egress = new ScriptedEgress(() => Promise.reject(new Error("secret at /etc/inside")));
    const params = request("https://a.example/");
    const failure = await failureOf(
      observe(await loadPlugin(bench), "get", { egress, params }).report,
    );
    assert.equal(failure.code, "tool_error");
    assert.doesNotMatch(JSON.stringify([failure.message, failure.details]), /secret|inside/);
  },

  "each overlapping call requests through its own port": async (bench) => {
    const sandbox = await loadPlugin(bench, { unit: { overlapping: true } });
    const calls = [0, 1, 2, 3].map((n) => {
      const egress = new ScriptedEgress(async () => {
        await new Promise((resolve) => setTimeout(resolve, 40 - n * 10));
        return { body: new Blob([`port ${n}`]).stream() };
      });
      const params = request(`https://a.example/${n}`);
      return { egress, ...observe(sandbox, "get", { params, egress }) };
    });
    for (const [n, { report, egress }] of calls.entries()) {
      assert.equal((await report).output, `port ${n}`);
      assert.deepEqual(egress.requests.map(({ url }) => url), [`https://a.example/${n}`]);
    }
  },

  "the end of the sandbox aborts its requests": async (bench) => {
    const sandbox = await loadPlugin(bench);
    const asked = Promise.withResolvers<void>();
    const egress = new ScriptedEgress(() => {
      asked.resolve();
      return new Promise(() => {});
    });
    const { report } = observe(sandbox, "get", { egress, params: request("https://a.example/") });
    await asked.promise;
    await sandbox[Symbol.asyncDispose]();
    await failureOf(report);
    assert.equal(egress.signals[0]?.aborted, true);
  },

  "each of many calls gets its own result and its own logs": async (bench) => {
    const sandbox = await loadPlugin(bench, { unit: { overlapping: true } });
    const calls = Array.from(
      { length: 24 },
      (_, n) => observe(sandbox, "sleep", { params: { n } }),
    );
    for (const [n, { report, logs }] of calls.entries()) {
      assert.deepEqual((await report).output, { n });
      assert.deepEqual(logs.map(({ message }) => message), ["a line", "a line"]);
    }
  },

  "the deadline of one call ends the others, which may be tried again": async (bench) => {
    const sandbox = await loadPlugin(bench, { unit: { overlapping: true } });
    const others = [observe(sandbox, "hang"), observe(sandbox, "hang")];
    const late = observe(sandbox, "hang", { limits: { timeoutMs: 200 } });
    assert.equal((await failureOf(late.report)).code, "deadline_exceeded");
    for (const { report } of others) {
      const failure = await failureOf(report);
      assert.deepEqual([failure.code, failure.retryable], ["sandbox_crashed", true]);
    }
  },

  "a failure of one call leaves the others alone": async (bench) => {
    const sandbox = await loadPlugin(bench, { unit: { overlapping: true } });
    const slow = observe(sandbox, "sleep", { params: { n: 1 } });
    for (const name of ["fail", "trap", "recurse"]) {
      assert.equal((await failureOf(observe(sandbox, name).report)).code, "tool_error");
    }
    assert.deepEqual((await slow.report).output, { n: 1 });
  },

  "limits are those of each call": async (bench) => {
    const sandbox = await loadPlugin(bench, { unit: { overlapping: true } });
    const text = (n: number, outputBytes: number) =>
      observe(sandbox, "log_input", {
        params: "x".repeat(n),
        limits: { outputBytes, logBytes: 10 },
      });
    const calls = [text(2_000_000, 3_000_000), text(50, 100), text(200, 100)] as const;
    assert.equal(String((await calls[0].report).output).length, 2_000_000);
    assert.equal(String((await calls[1].report).output).length, 50);
    assert.equal((await failureOf(calls[2].report)).code, "resource_limit");
    for (const { logs } of calls) {
      assert.deepEqual(logs.map(({ message }) => message), ["x".repeat(10)]);
    }
  },

  "an abort that the tool ignores ends the sandbox": async (bench) => {
    const sandbox = await loadPlugin(bench);
    const controller = new AbortController();
    const { report } = observe(sandbox, "spin", {
      signal: controller.signal,
      onLog: () => controller.abort(),
    });
    const failure = await failureOf(report);
    assert.deepEqual([failure.code, failure.details.by], ["deadline_exceeded", "caller"]);
    assert.equal((await sandbox.exited).reason, "requested");
  },

  "a call that was aborted before it began fails": async (bench) => {
    const { report } = observe(await loadPlugin(bench), "spin", { signal: AbortSignal.abort() });
    assert.equal((await failureOf(report)).code, "deadline_exceeded");
  },

  "a sandbox that has ended refuses everything at once": async (bench) => {
    const sandbox = await loadPlugin(bench);
    await sandbox[Symbol.asyncDispose]();
    assert.equal((await failureOf(observe(sandbox, "echo").report)).code, "sandbox_crashed");
    await failureOf(sandbox.load(await pluginUnit(bench)));
    await failureOf(sandbox.describe(1000));
    assert.deepEqual(await sandbox.usage(), { rssBytes: 0, cpuMs: 0 });
  },

  "usage grows with use": async (bench) => {
    const sandbox = await loadPlugin(bench);
    const before = await sandbox.usage();
    await answerOf(sandbox, "work");
    const after = await sandbox.usage();
    assert.ok(before.rssBytes > 8 * 2 ** 20 && before.rssBytes < 2 ** 30, `${before.rssBytes}`);
    assert.ok(after.cpuMs > before.cpuMs && after.cpuMs < 60_000, `${after.cpuMs} ms`);
  },

  "text written past the console arrives as stdout and stderr": async (bench) => {
    const module = await extismWat(
      `(data (i32.const 0) "out \\c3\\a9\\nrest")
      (func $put_text (param $fd i32)
        (i32.store (i32.const 64) (i32.const 0)) (i32.store (i32.const 68) (i32.const 11))
        (drop (call $write (local.get $fd) (i32.const 64) (i32.const 1) (i32.const 72))))
      (func (export "run") (call $put_text (i32.const 1)) (call $put_text (i32.const 2)))`,
      `(import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))`,
    );
    const { report, logs } = observe(await loadPlugin(bench, { module }), "run");
    assert.equal((await report).output, null);
    assert.deepEqual(logs.map(({ level, message }) => `${level} ${message}`), [
      "info out é",
      "warn out é",
      "info rest",
      "warn rest",
    ]);
  },

  "values of env are seen, and nothing else": async (bench) => {
    const module = await compileWat(ENVIRON);
    const program = await loadPlugin(bench, { module, unit: { env: { API_KEY: "k-é" } } });
    assert.match(String(await answerOf(program, "_start")), /^API_KEY=k-é\0*$/);
    const plugin = await loadPlugin(bench, { unit: { env: { thing: "sent" } } });
    assert.equal(await answerOf(plugin, "setting"), "sent");
  },
};
