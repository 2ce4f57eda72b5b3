import assert from "node:assert/strict";
import { join } from "node:path";
import { AirlockError } from "../../spec/errors.ts";
import { DEFAULT_LIMITS } from "../../spec/limits.ts";
import { NO_PERMISSIONS } from "../../spec/permissions.ts";
import { spawnCommand, type SpawnCommandOptions } from "../process/spawn_command.ts";
import { DenoRuntime, type DenoRuntimeOptions } from "./deno_runtime.ts";

const NEED = { permissions: NO_PERMISSIONS, limits: DEFAULT_LIMITS };

async function failureOf(change: Partial<DenoRuntimeOptions>) {
  const runDirectory = await Deno.makeTempDir({ prefix: "airlock-run-" });
  const guestFile = join(runDirectory, "guest.js");
  await Deno.writeTextFile(guestFile, `Deno.exit(7);`);
  try {
    const runtime = new DenoRuntime({
      denoPath: Deno.execPath(),
      isolation: {
        level: "permissions",
        tools: { bwrap: null, prlimit: null, setpriv: null, libraries: [] },
        findings: [],
      },
      guestFile,
      runDirectory,
      ...change,
    });
    const outcome: unknown = await runtime.create(NEED).catch((error: unknown) => error);
    const left = Array.from(Deno.readDirSync(runDirectory), ({ name }) => name);
    assert.deepEqual(left, ["guest.js"], "files are left");
    assert.ok(outcome instanceof AirlockError, String(outcome));
    return outcome;
  } finally {
    await Deno.remove(runDirectory, { recursive: true });
  }
}

Deno.test("DenoRuntime.create() fails typed, and leaves nothing, where Deno is not there", async () => {
  const failure = await failureOf({ denoPath: "/nonexistent/deno" });
  assert.deepEqual([failure.code, failure.stage], ["sandbox_crashed", "acquire"]);
  assert.match(failure.suggestion ?? "", /doctor/);
  assert.equal(failure.message.includes("/nonexistent"), false);
});

Deno.test("DenoRuntime.create() fails typed where the guest ends before it is ready", async () => {
  const failure = await failureOf({});
  assert.deepEqual([failure.code, failure.stage], ["sandbox_crashed", "acquire"]);
  assert.match(failure.message, /exit code 7/);
});

Deno.test("DenoRuntime.create() leaves nothing where no command can be made", async () => {
  const failure = await failureOf({ command: () => assert.fail("no command") });
  assert.deepEqual([failure.code, failure.stage], ["sandbox_crashed", "acquire"]);
});

Deno.test("DenoRuntime.create() fails typed where what was started is no guest", async () => {
  const command = (options: SpawnCommandOptions) => ({
    ...spawnCommand(options),
    program: "/bin/echo",
    args: ["hello"],
  });
  const failure = await failureOf({ command });
  assert.deepEqual([failure.code, failure.stage], ["sandbox_crashed", "acquire"]);
});

Deno.test("DenoRuntime.classOf() does not depend on the order of hosts", () => {
  const { runDirectory, ...rest } = {
    runDirectory: "/nonexistent",
    denoPath: "/nonexistent",
    guestFile: "/nonexistent",
  };
  const runtime = new DenoRuntime({
    ...rest,
    runDirectory,
    isolation: {
      level: "permissions",
      tools: { bwrap: null, prlimit: null, setpriv: null, libraries: [] },
      findings: [],
    },
  });
  const classOf = (netDirect: readonly string[]) =>
    runtime.classOf({ ...NEED, permissions: { ...NO_PERMISSIONS, netDirect } });
  assert.equal(classOf(["a:1", "b:2"]), classOf(["b:2", "a:1"]));
  assert.notEqual(classOf(["a:1,b:2"]), classOf(["a:1", "b:2"]));
});
