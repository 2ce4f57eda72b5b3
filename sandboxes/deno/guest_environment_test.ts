import assert from "node:assert/strict";
import { captureOutput } from "../process/capture_output.ts";

/** Runs code in a process of its own, since installing replaces what everybody there uses. */
async function inChild(code: string): Promise<unknown> {
  const script = `
    import { GuestEnvironment } from ${
    JSON.stringify(import.meta.resolve("./guest_environment.ts"))
  };
    const { log } = console;
    const environment = new GuestEnvironment();
    environment.install();
    environment.fill({ KEY: "k", OTHER: "o" });
    const result = await (async () => { ${code} })();
    log(JSON.stringify(result));`;
  const { code: status, stdout, stderr } = await captureOutput(Deno.execPath(), [
    "eval",
    "--no-config",
    "--no-lock",
    `--ext=ts`,
    script,
  ]);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

Deno.test("GuestEnvironment shows its values as process.env and Deno.env, and no others", async () => {
  const seen = await inChild(`
    const { env } = process;
    const imported = (await import("node:process")).default.env;
    return [env.KEY, Object.keys(env), { ...env }, "KEY" in env, "HOME" in env, env.toString ?? null,
      imported.KEY, Deno.env.get("KEY"), Deno.env.has("HOME"), Deno.env.toObject()];`);
  const both = { KEY: "k", OTHER: "o" };
  assert.deepEqual(seen, [
    "k",
    ["KEY", "OTHER"],
    both,
    true,
    false,
    null,
    "k",
    "k",
    false,
    both,
  ]);
});

Deno.test("GuestEnvironment takes what is written as text, in both places", async () => {
  const seen = await inChild(`
    process.env.N = 5; process.env.U = undefined; delete process.env.KEY;
    Deno.env.set("D", true); Deno.env.delete("OTHER");
    Object.defineProperty(process.env, "P", { value: "p" });
    return [process.env, Deno.env.toObject(), JSON.stringify(process.env)];`);
  const expected = { N: "5", U: "undefined", D: "true", P: "p" };
  assert.deepEqual(seen, [expected, expected, JSON.stringify(expected)]);
});

Deno.test("GuestEnvironment refuses to end or signal the process", async () => {
  const seen = await inChild(`
    return ["exit", "reallyExit", "abort", "kill", "dlopen"].map((name) => {
      try { process[name](1); return "done"; } catch (error) { return error.message; }
    });`);
  assert.deepEqual(
    seen,
    ["exit", "reallyExit", "abort", "kill", "dlopen"]
      .map((name) => `Calling ${name}: refused in a sandbox`),
  );
});

Deno.test("GuestEnvironment answers what packages ask while they load with constants", async () => {
  const seen = await inChild(`
    return [process.umask(), process.getuid(), process.geteuid(), process.getgid(),
      process.getegid(), process.getgroups(), process.constrainedMemory()];`);
  assert.deepEqual(seen, [0o22, 65534, 65534, 65534, 65534, [], 0]);
});

Deno.test("GuestEnvironment.fill() replaces all values", async () => {
  const seen = await inChild(`environment.fill({ NEW: "n" }); return { ...process.env };`);
  assert.deepEqual(seen, { NEW: "n" });
});
