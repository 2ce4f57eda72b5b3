import assert from "node:assert/strict";
import { eventually, KillWorld, pause } from "../support/kill_world.ts";
import type { ServedAnswer, ServedGateway } from "../support/served_gateway.ts";

const CALLERS = 6;
/** Goes on at least that long, and until enough was seen: on a slow machine, starts take the time. */
const LOAD_MS = 5_000;
const LONGEST_LOAD_MS = 90_000;
/** Longest wait for an answer between two that are killed. */
const PATIENCE_MS = 1_000;
/** Insists on one runtime: another one would take over, and hide what is looked for here. */
const SQUARE = { packageName: "square", name: "square", runtime: "deno" } as const;

Deno.test("sandboxes killed at random under load never give a wrong answer", async () => {
  await using world = await KillWorld.open();
  await world.publish(
    "square",
    `export async function square({ n }) {
       await new Promise((resolve) => setTimeout(resolve, 15));
       return { n, square: n * n };
     }`,
  );
  await using gateway = await world.serve({ AIRLOCK_MAX_SANDBOXES: "4" });
  await gateway.call({ ...SQUARE, params: { n: 0 } });

  const tally = { right: 0, crashed: 0, killed: 0 };
  const stop = new AbortController();
  const killing = killAtRandom(gateway, { signal: stop.signal, tally });
  const began = performance.now();
  const goesOn = () => {
    const loadMs = performance.now() - began;
    return loadMs < LOAD_MS || (!seenEnough(tally) && loadMs < LONGEST_LOAD_MS);
  };
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      for (let turn = 1; goesOn(); turn++) {
        const n = caller * 1_000_000 + turn;
        judge(await gateway.call({ ...SQUARE, params: { n } }), { n, tally });
      }
    }),
  );
  stop.abort();
  await killing;
  // Without these the test would have shown nothing.
  assert(seenEnough(tally), JSON.stringify(tally));

  // What was killed is replaced: the last victims may still be noticed by a call or two.
  const works = async () => {
    const answers: ServedAnswer[] = [];
    for (let n = 1; n <= 8; n++) {
      const answer = await gateway.call({ ...SQUARE, params: { n } });
      judge(answer, { n, tally });
      answers.push(answer);
    }
    return answers.every(({ body }) => body.success);
  };
  assert(await eventually(works, 20_000), JSON.stringify(tally));
  // And nothing is counted as busy for ever.
  let pool: Record<string, number> = {};
  const settled = async () => {
    pool = (await (await fetch(`${gateway.url}/health`)).json()).pool;
    return pool.busy === 0 && pool.waiting === 0 && pool.starting === 0 && pool.ending === 0;
  };
  assert(await eventually(settled, 20_000), JSON.stringify(pool));
});

interface Tally {
  right: number;
  crashed: number;
  killed: number;
}

function seenEnough({ right, killed, crashed }: Tally): boolean {
  return right > 50 && killed > 5 && crashed > 0;
}

/** Right, or a typed error that says that the same request may be sent again. */
function judge({ status, body }: ServedAnswer, { n, tally }: { n: number; tally: Tally }): void {
  if (body.success) {
    assert.deepEqual(body.output, { n, square: n * n });
    assert.equal(status, 200);
    tally.right++;
    return;
  }
  assert.equal(body.code, "sandbox_crashed", JSON.stringify(body));
  assert.equal(body.retryable, true, JSON.stringify(body));
  assert.equal(status, 500);
  tally.crashed++;
}

async function killAtRandom(
  gateway: ServedGateway,
  { signal, tally }: { signal: AbortSignal; tally: Tally },
): Promise<void> {
  while (!signal.aborted) {
    await pause(40 + Math.random() * 120);
    // Where starting one takes longer than that, killing on would only ever end what starts.
    const before = tally.right;
    await eventually(() => signal.aborted || tally.right > before, PATIENCE_MS);
    const guests = gateway.processes().filter(({ command }) => command.includes("guest.js"));
    const victim = guests[Math.floor(Math.random() * guests.length)];
    if (victim === undefined) continue;
    try {
      Deno.kill(victim.pid, "SIGKILL");
      tally.killed++;
    } catch (error) {
      // It ended by itself since it was listed.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
