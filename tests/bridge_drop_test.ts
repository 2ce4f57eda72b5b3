import assert from "node:assert/strict";
import { BridgeWorld, eventually, processesOf, testServer } from "./support/bridge_world.ts";
import type { TestClient } from "./support/mcp_clients.ts";
import { TcpRelay } from "./support/tcp_relay.ts";

/** How a call ended: with its own result, or an error's code. */
type Ending = "result" | number;

/** Codes with which a call may end when something of its way was killed. */
const TYPED: ReadonlySet<number> = new Set([-32009, -32008, -32005]);

/**
 * Makes calls, so many at a time, each of which notes in a file that it ran. @returns How each ended,
 * in their order.
 */
async function callMany(
  client: TestClient,
  { count, file, atOnce = 20, onEnd = () => {} }: {
    readonly count: number;
    readonly file: string;
    readonly atOnce?: number;
    /** Told of each end, with how many there were. */
    readonly onEnd?: (ended: number) => void;
  },
): Promise<Ending[]> {
  const endings: Ending[] = [];
  let next = 0;
  let ended = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < count) {
      const id = next++;
      const args = { id: `call-${id}`, file, waitMs: 20 };
      try {
        const { content } = await client.call("test--run", args);
        assert.deepEqual(content, [{ type: "text", text: `call-${id}` }]);
        assert.equal(endings[id], undefined, "it ended twice");
        endings[id] = "result";
      } catch (error) {
        const { code } = error as { code?: unknown };
        assert.ok(typeof code === "number" && TYPED.has(code), `call ${id}: ${error}`);
        endings[id] = code;
        // Whoever is turned away comes again a little later.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      onEnd(++ended);
    }
  }));
  return endings;
}

/** Each call ran once at most, and once where it has a result. */
async function checkRuns(file: string, endings: readonly Ending[]): Promise<void> {
  const runs = (await Deno.readTextFile(file)).split("\n").filter((line) => line !== "");
  assert.equal(new Set(runs).size, runs.length, "a call ran twice");
  const ran = new Set(runs);
  for (const [id, ending] of endings.entries()) {
    if (ending === "result") assert.ok(ran.has(`call-${id}`), `call ${id} has a result of nothing`);
  }
}

Deno.test("1,000 calls over a connection that breaks again and again each end once", async () => {
  await using world = await BridgeWorld.open({ limits: { resumeMs: 10_000 } });
  await using relay = new TcpRelay({ hostname: "127.0.0.1", port: world.server.addr.port });
  await using _bridge = await world.start([testServer()], {
    gateway: `http://127.0.0.1:${relay.port}`,
  });
  const collection = await world.collect((await world.tools(8)).values());
  await using client = await world.connect(collection);
  const file = `${world.directory}/runs`;
  let breaks = 0;
  // Cut in the middle of whatever is on its way, now and then for a while.
  const breakIt = async () => {
    await relay.stop();
    if (breaks % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 300));
    await relay.restart();
    breaks++;
  };
  let breaking = Promise.resolve();
  const endings = await callMany(client, {
    ...{ count: 1_000, file },
    onEnd: (ended) => {
      if (ended % 70 === 0) breaking = breaking.then(breakIt);
    },
  });
  await breaking;
  assert.equal(endings.length, 1_000);
  assert.ok(breaks >= 10, `it broke ${breaks} times`);
  await checkRuns(file, endings);
  // What was under way came through, and what began while it was away.
  const results = endings.filter((ending) => ending === "result").length;
  assert.ok(results >= 990, `${results} of 1,000 have a result`);
  // It is connected still.
  const { content } = await eventually(() =>
    client.call("test--echo", { text: "after" }).catch(() => undefined)
  );
  assert.deepEqual(content, [{ type: "text", text: "after" }]);
});

Deno.test("a server that is killed in the middle of many calls loses none of them", async () => {
  await using world = await BridgeWorld.open();
  const server = testServer();
  await using _bridge = await world.start([server]);
  const collection = await world.collect((await world.tools(8)).values());
  await using client = await world.connect(collection);
  const file = `${world.directory}/runs`;
  const calls = callMany(client, { count: 300, file });
  await eventually(() => Deno.readTextFile(file).catch(() => undefined));
  for (const { pid } of processesOf(server)) Deno.kill(pid, "SIGKILL");
  const endings = await calls;
  assert.equal(endings.filter((ending) => ending !== undefined).length, 300);
  assert.ok(endings.includes(-32008));
  await checkRuns(file, endings);
});

Deno.test("a bridge that is killed leaves no server, and its calls end", async () => {
  await using world = await BridgeWorld.open({ limits: { resumeMs: 500 } });
  const home = `${world.directory}/home`;
  const program = new URL("../main.ts", import.meta.url).pathname;
  const airlock = (...args: string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--frozen", "-A", program, "bridge", ...args],
      env: { HOME: home, NO_COLOR: "1", DENO_DIR: denoDirectory() },
      ...{ stdin: "null", stdout: "piped", stderr: "piped" },
    });
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await airlock(...args).output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.equal(code, 0, text);
    return text;
  };
  const server = testServer();
  await run("init", "--name", "laptop");
  await run("login", "--gateway", world.url, "--api-key", world.key);
  const args = server.args.flatMap((one) => ["--args", one]);
  const env = ["--env", `DENO_DIR=${denoDirectory()}`];
  await run("add", "--id", "test", "--command", server.command, ...args, ...env);
  const bridge = airlock("start").spawn();
  const output = outputOf(bridge);
  const collection = await world.collect((await world.tools(8)).values());
  assert.match(await run("status"), /connected +yes/);
  await using client = await world.connect(collection);
  const file = `${world.directory}/runs`;
  const calls = callMany(client, { count: 100, file });
  await eventually(() => Deno.readTextFile(file).catch(() => undefined));
  bridge.kill("SIGKILL");
  const endings = await calls;
  await bridge.status;
  await output;
  assert.equal(endings.length, 100);
  assert.ok(endings.includes(-32009));
  await checkRuns(file, endings);
  await eventually(
    () => processesOf(server).length === 0 ? true : undefined,
    5_000,
  );
  assert.match(await run("status"), /not running/);
  // It goes on where it left off, with the tools where they were.
  const again = airlock("start").spawn();
  const outputAgain = outputOf(again);
  const { content } = await eventually(() =>
    client.call("test--echo", { text: "again" }).catch(() => undefined)
  );
  assert.deepEqual(content, [{ type: "text", text: "again" }]);
  // Ctrl-C: ends by itself, with nothing left.
  const pending = assert.rejects(
    client.call("test--run", { id: "last", file, waitMs: 60_000 }),
    { code: -32008 },
  );
  await eventually(async () => (await Deno.readTextFile(file)).includes("last") || undefined);
  again.kill("SIGINT");
  assert.equal((await again.status).code, 0);
  await pending;
  assert.match(await outputAgain, /test: ready, 8 tools[\s\S]*stopped/);
  assert.deepEqual(processesOf(server), []);
});

/** All that a process writes, read as it comes. */
async function outputOf({ stdout, stderr }: Deno.ChildProcess): Promise<string> {
  return (await Promise.all([stdout, stderr].map((one) => new Response(one).text()))).join("");
}

/** The program's own modules are compiled once, wherever its user's home is. */
function denoDirectory(): string {
  return Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
}
