import { type BenchPart, measurement, ratioTo } from "./bench_part.ts";
import { timed } from "../timed.ts";

/** Calls per round, of each way; rounds take turns, so that both meet the same machine. */
const CALLS = 50;

const BODY = JSON.stringify({ packageName: "bench-echo", name: "echo", params: { text: "hello" } });

/**
 * A call of a warm tool through the HTTP surface, in this process: with an API key, rate limits, caps
 * and the log of calls over a database, and with nothing of that.
 */
export const measureAccountCalls: BenchPart = async ({ effort, progress, remark }) => {
  const [{ TestWorld }, { AccountsWorld }, { fakeGateway }, { userCaller }, database, metering] =
    await Promise.all([
      import("../../tests/support/test_world.ts"),
      import("../../tests/support/accounts_world.ts"),
      import("../../tests/support/fake_gateway.ts"),
      import("../../tests/support/callers.ts"),
      import("../../tests/support/test_database.ts"),
      import("../../accounts/open_metering.ts"),
    ]);
  const kind = database.TEST_DATABASE_KINDS.includes("postgres") ? "postgres" : "pglite";
  if (kind === "pglite") remark("account calls were measured with the embedded database");
  await using tools = await TestWorld.open();
  await tools.publish("bench-echo", "export const echo = (x) => x;");
  const { execute } = tools.engine.executor;
  await using world = await AccountsWorld.open({ kind });
  const { sql } = world.database;
  await sql`insert into tier_limit values ('ENTERPRISE', 'execute', 1000000000, 60000)`;
  await using meter = metering.openMetering({
    ...{ database: world.database, rateStore: "memory", whenStoreIsDown: "closed" },
    onFailure: (error) => remark(`counting failed: ${error}`),
  });
  const caller = userCaller({ tier: "ENTERPRISE" });
  const { token } = await world.makeKey(caller, { scopes: ["tools:execute"] });
  const ways = [
    { app: fakeGateway({ execute }).app, key: null, samples: new Array<number>() },
    {
      app: fakeGateway({ accounts: world.accounts, metering: meter, execute }).app,
      key: token,
      samples: new Array<number>(),
    },
  ] as const;
  const call = async ({ app, key }: typeof ways[number]) => {
    const response = await app.request("http://127.0.0.1:8787/execute-tool", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(key !== null && { authorization: `Bearer ${key}` }),
      },
      body: BODY,
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`call tool: ${text}`);
  };
  const rounds = effort.loadRounds * 10;
  for (let round = -5; round < rounds; round++) {
    if (round % 10 === 0) progress(`account calls, round ${round} of ${rounds}`);
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      for (let count = 0; count < CALLS; count++) {
        const ms = await timed(() => call(way));
        if (round >= 0) way.samples.push(ms);
      }
    }
  }
  const [off, on] = ways;
  const row = { part: "accounts", unit: "ms" } as const;
  return [
    measurement("call, everything off", off.samples, row),
    measurement("call, everything on", on.samples, {
      ...row,
      ratio: ratioTo("call, everything off", { samples: on.samples, others: off.samples }),
      note: `API key, rate limit, cap and log of calls, on ${kind}`,
    }),
  ];
};
