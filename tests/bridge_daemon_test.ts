import assert from "node:assert/strict";
import { startAgain } from "../cli/start_again.ts";
import type { StartedAgain } from "../cli/cli_deps.ts";
import { BridgeWorld, testServer } from "./support/bridge_world.ts";
import { fakeCli } from "./support/fake_cli.ts";
import { descendantsOf } from "./support/process_tree.ts";

const MAIN = new URL("../main.ts", import.meta.url).href;

Deno.test("a bridge goes on in the background until it is stopped", async (t) => {
  await using world = await BridgeWorld.open();
  const home = `${world.directory}/home`;
  await Deno.mkdir(`${home}/.airlock`, { recursive: true, mode: 0o700 });
  const put = (name: string, value: object) =>
    Deno.writeTextFile(`${home}/.airlock/${name}.json`, JSON.stringify(value));
  await put("bridge", { name: "laptop", servers: [testServer()] });
  await put("credentials", { gateway: world.url, apiKey: world.key });
  const started: StartedAgain[] = [];
  await using stack = new AsyncDisposableStack();
  const run = async (...args: string[]) => {
    const cli = fakeCli({
      environment: { HOME: home, PATH: Deno.env.get("PATH") },
      startAgain: (args) => {
        const one = startAgain(args, { main: MAIN, env: { HOME: home } });
        started.push(one);
        return one;
      },
    });
    const code = await cli.run("bridge", ...args);
    return { code, ...cli.output };
  };
  stack.defer(async () => void await run("stop"));

  await t.step("it says so when it is connected", async () => {
    const { code, out, err } = await run("start", "--daemon");
    assert.equal(code, 0, err);
    assert.match(out, /^started as process \d+, connected to http\S+ as laptop\n$/);
    assert.ok((await world.tools(8)).has("test echo"));
  });
  const pid = started[0]?.pid ?? 0;
  await t.step("status tells of it", async () => {
    const { out } = await run("status");
    assert.match(out, new RegExp(`process ${pid} since \\S+, in the background`));
    assert.match(out, /connected +yes\ntest +ready, 8 tools/);
  });
  await t.step("a second one is refused, however it is started", async () => {
    for (const args of [["start"], ["start", "--daemon"]]) {
      const { code, err } = await run(...args);
      assert.deepEqual([code, err.includes(`runs already, as process ${pid}`)], [3, true], err);
    }
    // Also where what it tells of itself is lost.
    const state = `${home}/.airlock/bridge-state.json`;
    const text = await Deno.readTextFile(state);
    await Deno.remove(state);
    assert.match((await run("start")).err, /runs already/);
    await Deno.writeTextFile(state, text);
  });
  await t.step("stop leaves nothing of it", async () => {
    const servers = descendantsOf(pid);
    assert.ok(servers.length > 0);
    assert.equal((await run("stop")).out, "stopped\n");
    await started[0]?.ended;
    const left = new Set(descendantsOf(Deno.pid).map((one) => one.pid));
    assert.deepEqual([pid, ...servers.map((one) => one.pid)].filter((one) => left.has(one)), []);
    for (const { pid } of servers) await assert.rejects(Deno.stat(`/proc/${pid}`));
    assert.equal((await run("stop")).out, "it does not run\n");
    assert.match((await run("status")).out, /not running/);
  });
  await t.step("one that cannot go on is told of, with the reason in the log", async () => {
    await put("credentials", { gateway: world.url, apiKey: "airlock_sk_x" });
    assert.match((await run("start", "--daemon")).err, /it has ended at once/);
    assert.match((await run("logs")).out, /does not take the key/);
  });
});
