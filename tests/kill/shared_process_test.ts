import assert from "node:assert/strict";
import { eventually, KillWorld, pause } from "../support/kill_world.ts";
import type { ServedAnswer, ServedGateway } from "../support/served_gateway.ts";

const CALLS = 40;
const ROUNDS = 2;
/** Few processes with many calls each. */
const SHARED = { AIRLOCK_MAX_SANDBOXES: "2", AIRLOCK_CALL_CONCURRENCY: "64" };

Deno.test("many QuickJS calls whose processes are killed are all answered, as if nothing had been", async () => {
  await using world = await KillWorld.open();
  await world.publish(
    "square",
    `export async function square({ n, ms }) {
       await new Promise((resolve) => setTimeout(resolve, ms));
       return { n, square: n * n };
     }`,
  );
  await using gateway = await world.serve(SHARED);
  const call = (n: number, ms: number) =>
    gateway.call({ packageName: "square", name: "square", runtime: "quickjs", params: { n, ms } });
  // More than one, so that processes are there for more than one.
  await Promise.all([call(0, 50), call(0, 50), call(0, 50)]);
  for (let round = 0; round < ROUNDS; round++) {
    let settled = 0;
    const answers = Array.from({ length: CALLS }, async (_, n) => {
      const answer = await call(n, 3_000);
      settled++;
      return answer;
    });
    await until(() => isRunning(gateway));
    await pause(300);
    assert.equal(settled, 0, "it was too late to kill");
    assert.ok(killGuests(gateway) > 0);
    for (const [n, { status, body }] of (await Promise.all(answers)).entries()) {
      assert.ok(body.success, JSON.stringify(body));
      assert.deepEqual([status, body.output], [200, { n, square: n * n }]);
    }
    assert.equal(settled, CALLS);
  }
  await until(() => isIdle(gateway));
});

Deno.test("a QuickJS call that was killed after a request is not made again, and says that it may be", async () => {
  const seen: number[] = [];
  const killed = Promise.withResolvers<void>();
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      seen.push(Number(new URL(request.url).searchParams.get("n")));
      await killed.promise;
      return new Response("noted");
    },
  );
  await using world = await KillWorld.open();
  await world.publish(
    "noter",
    `export async function note({ n, port, requests }) {
       if (requests) await fetch("http://127.0.0.1:" + port + "/?n=" + n);
       else await new Promise((resolve) => setTimeout(resolve, 2000));
       return { n };
     }`,
  );
  await using gateway = await world.serve({
    ...SHARED,
    AIRLOCK_NET_ALLOW_PRIVATE: "127.0.0.1/32",
    AIRLOCK_MAX_NET: "public",
  });
  const { port } = server.addr;
  const call = (n: number) =>
    gateway.call({
      ...{ packageName: "noter", name: "note", runtime: "quickjs" },
      params: { n, port, requests: n % 2 === 0 },
      permissions: { net: [`127.0.0.1:${port}`] },
    });
  const answers = Array.from({ length: CALLS }, (_, n) => call(n));
  await until(async () => seen.length === CALLS / 2 && await isRunning(gateway));
  assert.ok(killGuests(gateway) > 0);
  killed.resolve();
  for (const [n, answer] of (await Promise.all(answers)).entries()) {
    if (n % 2 === 0) assertRetryable(answer);
    else assert.deepEqual(answer.body.success && answer.body.output, { n }, text(answer));
  }
  assert.equal(new Set(seen).size, seen.length, "a request was made again");
});

function assertRetryable(answer: ServedAnswer): void {
  const { status, body } = answer;
  assert.ok(!body.success, text(answer));
  assert.deepEqual([status, body.code, body.retryable], [500, "sandbox_crashed", true]);
}

/** Kills every process of QuickJS sandboxes. @returns how many there were. */
function killGuests(gateway: ServedGateway): number {
  const guests = gateway.processes().filter(({ command }) => command.includes("quickjs.js"));
  for (const { pid } of guests) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch (error) {
      // It went with its parent.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return guests.length;
}

/** Whether calls run, and none waits for a process that is only starting. */
async function isRunning(gateway: ServedGateway): Promise<boolean> {
  const { pool } = await (await fetch(`${gateway.url}/health`)).json();
  return pool.busy > 0 && pool.waiting === 0 && pool.starting === 0;
}

async function isIdle(gateway: ServedGateway): Promise<boolean> {
  const { pool } = await (await fetch(`${gateway.url}/health`)).json();
  return pool.busy === 0 && pool.waiting === 0;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  assert.ok(await eventually(condition, 60_000), "waited for a minute");
}

function text({ body }: ServedAnswer): string {
  return JSON.stringify(body);
}
