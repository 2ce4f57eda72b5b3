import assert from "node:assert/strict";
import type { JsonValue } from "../../spec/json.ts";
import { compileWat } from "../support/plugins/compile_wat.ts";
import { extismWat } from "../support/plugins/wat_plugins.ts";
import type { Rule } from "./rule.ts";
import { answerOf, failureOf, needOf, observe } from "./conformance_bench.ts";
import { loadPlugin, pluginUnit } from "./plugin_bench.ts";
import { isAlive } from "./process_tree.ts";

const MIB = 1024 * 1024;

/** Rules about loading, calling and limits, said with WebAssembly plug-ins. */
export const pluginRules: Readonly<Record<string, Rule>> = {
  "a sandbox is created, loaded and used": async (bench) => {
    const sandbox = await bench.create();
    assert.equal(sandbox.runtime, "extism");
    assert.equal((await bench.processes()).length > 0, true);
    const unit = await pluginUnit(bench);
    const { importMs } = await sandbox.load(unit);
    assert.ok(importMs >= 0 && importMs < unit.timeoutMs, `importMs is ${importMs}`);
    assert.deepEqual(await answerOf(sandbox, "echo", { params: { a: 1 } }), { a: 1 });
  },

  "a second load is refused and evaluates nothing": async (bench) => {
    const sandbox = await loadPlugin(bench, { plan: { config: { thing: "first" } } });
    const second = await pluginUnit(bench, { plan: { config: { thing: "second" } } });
    assert.equal((await failureOf(sandbox.load(second))).stage, "load");
    assert.equal(await answerOf(sandbox, "setting"), "first");
  },

  "two loads at once: one of them is refused": async (bench) => {
    const sandbox = await bench.create();
    const unit = await pluginUnit(bench);
    const outcomes = await Promise.allSettled([sandbox.load(unit), sandbox.load(unit)]);
    assert.deepEqual(outcomes.map(({ status }) => status), ["fulfilled", "rejected"]);
    assert.equal(await answerOf(sandbox, "echo", { params: "a" }), "a");
  },

  "a syntax error is the tool's, at stage load": async (bench) => {
    const sandbox = await bench.create();
    const module = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 200]);
    const failure = await failureOf(sandbox.load(await pluginUnit(bench, { module })));
    assert.deepEqual([failure.code, failure.stage], ["tool_error", "load"]);
    assert.match(failure.message, /Reading the module main: malformed at byte 10/);
  },

  "an import of what is not there fails the load": async (bench) => {
    const sandbox = await bench.create();
    const module = await compileWat(`(module (import "env" "system" (func (param i32))))`);
    const failure = await failureOf(sandbox.load(await pluginUnit(bench, { module })));
    assert.deepEqual([failure.code, failure.stage], ["tool_error", "load"]);
    assert.match(failure.message, /nothing here provides function env\.system/);
  },

  "two sandboxes share no state": async (bench) => {
    const [first, second] = [await loadPlugin(bench), await loadPlugin(bench)];
    // Stronger than asked: not even two calls of one sandbox share any.
    for (const sandbox of [first, first, second]) {
      assert.equal(await answerOf(sandbox, "count"), 11);
    }
  },

  "parameters arrive as they were sent": async (bench) => {
    const sandbox = await loadPlugin(bench, { plan: { tools: { echo: { input: "json" } } } });
    const values: JsonValue[] = ["é\u0000\ud83d\ude00", 1e300, -0.5, true, [], {
      "": [null],
    }];
    for (const params of [...values, { deep: values }, { text: "x".repeat(300_000) }]) {
      assert.deepEqual(await answerOf(sandbox, "echo", { params }), params);
    }
  },

  "a tool that is not there is refused with the names that are": async (bench) => {
    const module = await extismWat(`
      (func (export "one") (result i32) (i32.const 0)) (func (export "two"))
      (func (export "_initialize")) (func (export "with_arguments") (param i32))
      (global (export "n") i32 (i32.const 5))`);
    for (const name of ["three", "__proto__", "constructor", "n", "", "memory", "with_arguments"]) {
      const failure = await failureOf(observe(await loadPlugin(bench, { module }), name).report);
      assert.deepEqual([failure.code, failure.stage], ["tool_not_found", "execute"], name);
      assert.deepEqual(failure.details.available, ["one", "two"]);
    }
  },

  "input that a tool's own schema refuses says where": async (bench) => {
    const plan = { tools: { echo: { input: "base64" } } } as const;
    const params = { input: "not base64!" };
    const failure = await failureOf(
      observe(await loadPlugin(bench, { plan }), "echo", { params }).report,
    );
    assert.deepEqual([failure.code, failure.stage], ["invalid_input", "execute"]);
    const good = await loadPlugin(bench, { plan: { tools: { echo: { input: "base64" } } } });
    assert.equal(await answerOf(good, "echo", { params: { input: btoa("text") } }), "text");
  },

  "what a tool throws is its error, with name, message and stack": async (bench) => {
    const expected = {
      fail: "it went wrong",
      trap: "Running the plug-in: unreachable",
      recurse: "Running the plug-in: Maximum call stack size exceeded",
    };
    for (const [name, message] of Object.entries(expected)) {
      const failure = await failureOf(observe(await loadPlugin(bench), name).report);
      assert.deepEqual([failure.code, failure.stage], ["tool_error", "execute"], name);
      assert.equal(failure.message, message);
      assert.equal(JSON.stringify(failure.details).includes(bench.runDirectory), false);
    }
  },

  "a result that cannot be said in JSON is refused with its path": async (bench) => {
    const plan = { tools: { echo: { output: "json" } } } as const;
    const sandbox = await loadPlugin(bench, { plan });
    assert.deepEqual(await answerOf(sandbox, "echo", { params: "[1]" }), [1]);
    const failure = await failureOf(observe(sandbox, "echo", { params: "no JSON" }).report);
    assert.deepEqual([failure.code, failure.stage], ["tool_error", "encode"]);
    assert.equal(failure.details.path, "$");
  },

  "two hundred calls one after the other": async (bench) => {
    const sandbox = await loadPlugin(bench);
    for (let n = 1; n <= 200; n++) {
      assert.deepEqual(await answerOf(sandbox, "echo", { params: { n } }), { n });
    }
  },

  "time in the tool is measured inside": async (bench) => {
    const { toolMs } = await observe(await loadPlugin(bench), "sleep").report;
    assert.ok(toolMs >= 55 && toolMs < 20_000, `toolMs is ${toolMs}`);
  },

  "a call that never ends is ended at its deadline": async (bench) => {
    const start = await extismWat(`
      (func $start (loop $again (br $again))) (start $start) (func (export "forever"))`);
    for (const [name, module] of [["forever"], ["hang"], ["forever", start]] as const) {
      const sandbox = await loadPlugin(bench, { module });
      const startedAt = performance.now();
      const failure = await failureOf(
        observe(sandbox, name, { limits: { timeoutMs: 300 } }).report,
      );
      assert.ok(performance.now() - startedAt >= 290, name);
      assert.deepEqual([failure.code, failure.stage], ["deadline_exceeded", "execute"], name);
      assert.equal((await sandbox.exited).reason, "deadline", name);
    }
  },

  "buffers beside the heap are bounded too": async (bench) => {
    const sandbox = await loadPlugin(bench, { limits: { memoryBytes: 16 * MIB } });
    const pages = String(await answerOf(sandbox, "grow")).charCodeAt(0);
    assert.equal(pages, 16, "256 pages, in sixteens");
  },

  "a result may be as large as outputBytes, not larger": async (bench) => {
    const limits = { outputBytes: 1000 };
    const sandbox = await loadPlugin(bench);
    const fits = await answerOf(sandbox, "echo", { params: "x".repeat(998), limits });
    assert.equal(String(fits).length, 998);
    for (const n of [999, 5_000_000]) {
      const params = "x".repeat(n);
      const failure = await failureOf(observe(sandbox, "echo", { params, limits }).report);
      assert.deepEqual([failure.code, failure.stage], ["resource_limit", "encode"]);
      assert.deepEqual(failure.details, { limit: "outputBytes", allowed: 1000 });
    }
  },

  "log text is kept up to logBytes; the rest is counted": async (bench) => {
    const params = "0123456789".repeat(100);
    const { report, logs } = observe(await loadPlugin(bench), "log_input", {
      params,
      limits: { logBytes: 105 },
    });
    assert.equal((await report).output, params);
    assert.equal(logs.map(({ message }) => message).join(""), params.slice(0, 105));
    assert.equal((await report).droppedLogBytes, 1000 - 105);
  },

  "log text that did not fit is counted of a call that fails, too": async (bench) => {
    const { report, dropped } = observe(await loadPlugin(bench), "log_and_fail", {
      params: "x".repeat(151),
      limits: { logBytes: 100 },
    });
    assert.equal((await failureOf(report)).code, "tool_error");
    assert.equal(dropped.reduce((sum, bytes) => sum + bytes, 0), 51);
  },

  "log text that did not fit is counted of a call that is killed, too": async (bench) => {
    const limits = { logBytes: 2, timeoutMs: 1000 };
    const { report, dropped } = observe(await loadPlugin(bench), "spin", { limits });
    assert.equal((await failureOf(report)).code, "deadline_exceeded");
    assert.deepEqual(dropped, [4]);
  },

  "disposing ends calls, waits for the process and may be repeated": async (bench) => {
    const sandbox = await loadPlugin(bench);
    const { report } = observe(sandbox, "hang");
    const processes = await bench.processes();
    assert.ok(processes.length > 0);
    await Promise.all([sandbox[Symbol.asyncDispose](), sandbox[Symbol.asyncDispose]()]);
    for (const pid of processes) assert.equal(await isAlive(pid), false, `process ${pid} lives`);
    assert.equal((await failureOf(report)).code, "sandbox_crashed");
    assert.equal((await sandbox.exited).reason, "requested");
  },

  "a hundred sandboxes come and go without a trace": async (bench) => {
    const unit = await pluginUnit(bench);
    const round = async () => {
      await using sandbox = await bench.runtime.create(needOf());
      await sandbox.load(unit);
      assert.equal(await answerOf(sandbox, "echo", { params: "a" }), "a");
    };
    for (let n = 0; n < 100; n += 5) await Promise.all(Array.from({ length: 5 }, round));
    assert.deepEqual(await bench.processes(), []);
    assert.deepEqual(Array.from(Deno.readDirSync(bench.runDirectory)), []);
  },
};
