import assert from "node:assert/strict";
import { serverConfigSchema } from "./bridge_config.ts";
import { CallRefusal } from "./call_refusal.ts";
import { KeptApprovals } from "./kept_approvals.ts";
import { type ApprovalAnswer, type AskApproval, ToolApprovals } from "./tool_approvals.ts";

const SERVER = serverConfigSchema.parse({ id: "files", command: "files", ask: true });
const TOOL = { name: "write", description: "Writes", inputSchema: { type: "object" as const } };

async function withApprovals(
  ask: AskApproval | undefined,
  test: (
    call: (more?: { tool?: typeof TOOL; server?: typeof SERVER; signal?: AbortSignal }) => Promise<
      string
    >,
    path: string,
  ) => Promise<void>,
) {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/approved.json`;
  try {
    const approvals = new ToolApprovals({
      ...{ kept: await KeptApprovals.open(path), answerMs: 60_000 },
      ...(ask && { ask }),
    });
    await test(async (more) => {
      const call = {
        server: SERVER,
        tool: TOOL,
        args: { password: "s3cret" },
        caller: "key key_1",
      };
      try {
        await approvals.require({ ...call, signal: new AbortController().signal, ...more });
        return "ok";
      } catch (error) {
        assert.ok(error instanceof CallRefusal, String(error));
        return error.code;
      }
    }, path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("ToolApprovals asks about each call, until it is told always", async () => {
  const answers: ApprovalAnswer[] = ["yes", "no", "always"];
  const asked: string[] = [];
  const ask: AskApproval = ({ serverId, toolName, args }) => {
    asked.push(`${serverId} ${toolName} ${args}`);
    return Promise.resolve(answers.shift() ?? "no");
  };
  await withApprovals(ask, async (call, path) => {
    assert.deepEqual([await call(), await call(), await call(), await call()], [
      ...["ok", "not_allowed", "ok", "ok"],
    ]);
    assert.deepEqual(asked, Array(3).fill('files write {"password":"[redacted]"}'));
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    // What says something else of itself, and what comes from elsewhere, was never approved.
    assert.equal(await call({ tool: { ...TOOL, description: "Deletes" } }), "not_allowed");
    assert.equal(await call({ server: { ...SERVER, args: ["--all"] } }), "not_allowed");
    const again = await KeptApprovals.open(path);
    assert.ok(again.has({ server: SERVER, tool: TOOL }));
    await Deno.writeTextFile(path, "{");
    assert.ok(!(await KeptApprovals.open(path)).has({ server: SERVER, tool: TOOL }));
  });
});

Deno.test("ToolApprovals refuses where nobody can be asked, or nobody answers", async () => {
  await withApprovals(undefined, async (call) => assert.equal(await call(), "not_allowed"));
  const never: AskApproval = (_question, signal) =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve("no")));
  await withApprovals(never, async (call) => {
    const stop = new AbortController();
    const calls = Array.from({ length: 17 }, () => call({ signal: stop.signal }));
    // One question at a time, and so many that wait for theirs.
    assert.equal(await calls.at(-1), "busy");
    stop.abort();
    assert.deepEqual(new Set(await Promise.all(calls.slice(0, -1))), new Set(["cancelled"]));
  });
});

Deno.test("ToolApprovals takes silence for a no", async () => {
  const directory = await Deno.makeTempDir();
  const approvals = new ToolApprovals({
    kept: await KeptApprovals.open(`${directory}/approved.json`),
    ask: (_question, signal) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve("no"))),
    answerMs: 1,
  });
  const { signal } = new AbortController();
  await assert.rejects(
    approvals.require({ server: SERVER, tool: TOOL, args: {}, caller: "x", signal }),
    { code: "not_allowed", message: /answered in time/ },
  );
  await Deno.remove(directory, { recursive: true });
});
