import assert from "node:assert/strict";
import { keyCaller } from "../../tests/support/callers.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import type { BridgeConnection, LineSocket } from "./bridge_connection.ts";
import { PolledLines } from "./polled_lines.ts";

Deno.test("PolledLines bounds how often a line is asked, and knows its owner", async () => {
  const closed: number[] = [];
  const connection: Pick<BridgeConnection, "read" | "ended" | "close"> = {
    read: () => {},
    ended: () => {},
    close: (code) => void closed.push(code),
  };
  using lines = new PolledLines({ open: (_socket: LineSocket) => connection });
  const caller = keyCaller();
  const id = lines.open({ caller, credentials: new Headers() });
  for (const other of [{ tenant: "ten_b" }, { userId: "usr_b" }]) {
    await failsWith(
      Promise.resolve().then(() => lines.give(id, { caller: keyCaller(other), text: "{}" })),
      { code: "not_found" },
    );
  }
  for (let at = 0; at < 12_000; at++) lines.give(id, { caller, text: "" });
  assert.deepEqual(closed, []);
  lines.give(id, { caller, text: "" });
  assert.deepEqual(closed, [1008]);
});
