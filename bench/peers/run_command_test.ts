import assert from "node:assert/strict";
import { runCommand } from "./run_command.ts";

const deno = (code: string, timeoutMs = 60_000) =>
  runCommand(Deno.execPath(), { args: ["eval", code], timeoutMs });

Deno.test("runCommand() gives what was printed", async () => {
  assert.equal((await deno("console.log('printed')")).trim(), "printed");
});

Deno.test("runCommand() says that a program is not here", async () => {
  await assert.rejects(runCommand("no-such-program", { args: [], timeoutMs: 1_000 }), {
    message: "run no-such-program: it is not here",
  });
});

Deno.test("runCommand() gives the line that says what went wrong", async () => {
  const code = "console.error('at once\\nnpm ERR! Error: no compiler\\nlogged there');Deno.exit(1)";
  await assert.rejects(deno(code), { message: "run deno: npm ERR! Error: no compiler" });
  await assert.rejects(deno("Deno.exit(3)"), { message: "run deno: it failed and says nothing" });
});

Deno.test("runCommand() ends what takes too long, with all that it started", async () => {
  const mark = `${60 + Math.random()}`;
  const started = runCommand("sh", { args: ["-c", `sleep ${mark} & wait`], timeoutMs: 1_000 });
  await assert.rejects(started, { message: "run sh: not done after 1 s" });
  assert.deepEqual(await commandLinesWith(mark), []);
});

async function commandLinesWith(mark: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // A process may end while it is looked at.
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (line.includes(mark)) found.push(line);
  }
  return found;
}
