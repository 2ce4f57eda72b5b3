import assert from "node:assert/strict";
import { PgliteConnection } from "./pglite_connection.ts";
import { PgliteNotices } from "./pglite_notices.ts";
import { simpleQuery } from "./protocol_messages.ts";
import { Turns } from "./turns.ts";

const STARTUP = Uint8Array.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);

function harness() {
  const notices = new PgliteNotices();
  const ran: string[] = [];
  const gate = Promise.withResolvers<void>();
  const parts = {
    ...{ notices, turns: new Turns(), listening: new Set<string>(), transactionIdleMs: 60_000 },
    thread: {
      async run(group: Uint8Array) {
        ran.push(new TextDecoder("latin1").decode(group));
        await gate.promise;
        return new Uint8Array();
      },
    },
  };
  return { notices, ran, gate, parts };
}

Deno.test("PgliteConnection() does nothing more once it is closed, also in the middle of its turn", async () => {
  const { notices, ran, gate, parts } = harness();
  for (const channel of ["one", "two", "three"]) notices.hear(channel, () => {});
  const line = new PgliteConnection(parts);
  line.on("error", () => {});
  line.write(STARTUP);
  await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  line.destroy();
  gate.resolve();
  const endTurn = await parts.turns.take();
  await new Promise((resolve) => setTimeout(resolve));
  endTurn();
  assert(ran.some((group) => group.includes("rollback")));
  assert(!ran.includes(new TextDecoder("latin1").decode(STARTUP)));
});

Deno.test("PgliteNotices() keeps no more than a bound for a connection that does not read", () => {
  const { notices, parts } = harness();
  const line = new PgliteConnection(parts);
  using _relay = notices.relay(line);
  const text = "x".repeat(7_000);
  const query = simpleQuery(`1234channel\0${text}`);
  query[0] = "A".charCodeAt(0);
  for (let told = 0; told < 5_000 && !line.destroyed; told++) notices.tell(query);
  assert(line.destroyed);
  assert(line.readableLength < 17 * 1024 * 1024);
});
