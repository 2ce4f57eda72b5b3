import assert from "node:assert/strict";
import { descendantsOf } from "../../tests/support/process_tree.ts";
import { eventually } from "../../tests/support/kill_world.ts";
import { killOrphans } from "../../sandboxes/process/orphans.ts";
import { ChildTransport } from "./child_transport.ts";

const ENV = { PATH: Deno.env.get("PATH") ?? "", TEST_MARK: crypto.randomUUID() };

function transport(command: readonly string[], more: Partial<{ stderrBytes: number }> = {}) {
  return new ChildTransport({
    ...{ command, env: ENV },
    killMarked: (text) => killOrphans({ in: "environ", text }),
    limits: { messageBytes: 1_000, stderrBytes: 100, ...more },
  });
}

/** A word that no other process has in its command line. */
function word(): string {
  return `child-${crypto.randomUUID()}`;
}

/** Other tests have children of the same process. */
function isOwn({ pid }: { readonly pid: number }): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/environ`).includes(ENV.TEST_MARK);
  } catch {
    return false; // Ended since it was listed.
  }
}

function running(name: string): boolean {
  return [...Deno.readDirSync("/proc")].some(({ name: pid }) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes(name);
    } catch {
      return false; // Ended since it was listed.
    }
  });
}

Deno.test("ChildTransport leaves no process behind, whatever the child does", async (t) => {
  const cases: readonly (readonly [string, (name: string) => string])[] = [
    ["ends with its stdin", (name) => `: ${name}; cat >/dev/null`],
    [
      "ignores everything",
      (name) => `trap '' INT TERM HUP PIPE; while :; do sleep 0.1; : ${name}; done`,
    ],
    ["has children of its own", (name) => `sh -c 'sleep 60; : ${name}' & sleep 60; : ${name}`],
    ["leaves its group", (name) => `setsid sh -c 'sleep 60; : ${name}' & sleep 60; : ${name}`],
  ];
  for (const [kind, script] of cases) {
    await t.step(kind, async () => {
      const name = word();
      const child = transport(["sh", "-c", script(name)]);
      await child.start();
      assert.ok(await eventually(() => running(name), 5_000));
      await child.close();
      assert.ok(await eventually(() => !running(name), 2_000), "it is still there");
    });
  }
  await t.step("ends by itself, and leaves children", async () => {
    const name = word();
    const child = transport(["sh", "-c", `sh -c 'sleep 60; : ${name}' & exit 3`]);
    const closed = Promise.withResolvers<void>();
    child.onclose = closed.resolve;
    await child.start();
    await closed.promise;
    assert.ok(await eventually(() => !running(name), 2_000));
    await assert.rejects(child.send({ jsonrpc: "2.0", method: "x" }));
  });
  await t.step("is not there", async () => {
    const child = transport(["/no/such/program"]);
    const closed = Promise.withResolvers<void>();
    child.onclose = closed.resolve;
    await child.start();
    await closed.promise;
    assert.match(child.stderr, /no\/such\/program/);
  });
  assert.deepEqual(descendantsOf(Deno.pid).filter(isOwn), []);
});

Deno.test("ChildTransport is given nothing of the gateway's environment", async () => {
  const child = transport(["sh", "-c", "env >&2; cat"], { stderrBytes: 10_000 });
  await child.start();
  assert.ok(await eventually(() => /PATH=/.test(child.stderr), 5_000));
  await child.close();
  const names = child.stderr.trim().split("\n").map((line) => line.split("=")[0]!);
  assert.deepEqual(new Set(names), new Set(["PATH", "TEST_MARK", "PWD", "MCP_CHILD"]));
});

Deno.test("ChildTransport bounds what it keeps of stderr, and of one message", async () => {
  const flood = "i=0; while [ $i -lt 200 ]; do echo 0123456789; i=$((i+1)); done >&2; ";
  const child = transport(["sh", "-c", `${flood} head -c 5000 /dev/zero | tr '\\0' x; sleep 60`]);
  const closed = Promise.withResolvers<void>();
  const errors: Error[] = [];
  child.onclose = closed.resolve;
  child.onerror = (error) => errors.push(error);
  await child.start();
  await closed.promise;
  assert.ok(child.stderr.length <= 100);
  assert.match(String(errors[0]), /messageBytes/);
});

Deno.test("ChildTransport's children end when the gateway is killed and can do nothing", async (t) => {
  const url = new URL("./child_transport.ts", import.meta.url).href;
  // The name comes by the environment: in an argument it would be found with the gateway itself.
  const gatewayCode = `
    const name = Deno.env.get("AIRLOCK_TEST_NAME");
    import { ChildTransport } from ${JSON.stringify(url)};
    const child = new ChildTransport({
      command: ["sh", "-c", "trap '' PIPE HUP TERM; while :; do sleep 0.1; : NAME; done".replace("NAME", name)],
      env: { PATH: Deno.env.get("PATH") ?? "" },
      killMarked: () => {},
    });
    await child.start();
    await new Promise(() => setInterval(() => {}, 1_000));
  `;
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    await t.step(signal, async () => {
      const name = word();
      const gateway = new Deno.Command(Deno.execPath(), {
        args: ["eval", "--no-lock", gatewayCode],
        env: { AIRLOCK_TEST_NAME: name },
        cwd: new URL("../..", import.meta.url),
        ...{ stdin: "null", stdout: "null", stderr: "null" },
      }).spawn();
      assert.ok(await eventually(() => running(name), 20_000));
      gateway.kill(signal);
      await gateway.status;
      assert.ok(await eventually(() => !running(name), 5_000), "it is still there");
    });
  }
});
