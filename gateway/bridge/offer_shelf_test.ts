import assert from "node:assert/strict";
import type { BridgeServers } from "../../bridge/protocol.ts";
import { rawTool } from "../../tests/support/raw_bridge.ts";
import { bridgeServerId, readBridgeServerId } from "./bridge_server_id.ts";
import { OfferShelf } from "./offer_shelf.ts";

function serversWith(count: number, description = ""): BridgeServers {
  const resources = Array.from({ length: count }, (_, at) => ({
    ...{ uri: `x://${at}`, name: `n${at}`, description },
  }));
  return [{ id: "raw", name: "Raw", tools: [rawTool("read")], resources, prompts: [] }];
}

Deno.test("OfferShelf keeps so much of a bridge and of all, and forgets the oldest", () => {
  const shelf = new OfferShelf({ maxBridgeCharacters: 1_000, maxCharacters: 2_500 });
  for (const id of ["a", "b", "c"]) shelf.keep(id, { servers: serversWith(200) });
  assert.equal(shelf.of("a"), undefined);
  for (const id of ["b", "c"]) {
    const [server] = shelf.of(id)?.servers ?? [];
    assert.ok(JSON.stringify(server?.resources).length <= 1_100);
    assert.ok((server?.resources.length ?? 0) > 5);
  }
  shelf.keep("d", { servers: serversWith(1, "x".repeat(2_000)) });
  assert.deepEqual(shelf.of("d")?.servers[0]?.resources, []);
});

Deno.test("OfferShelf says when a bridge offers something else, and what it is able to", () => {
  const shelf = new OfferShelf();
  const servers = serversWith(1);
  assert.equal(shelf.keep("a", { servers, features: ["library"] }), true);
  assert.equal(shelf.keep("a", { servers }), false);
  assert.equal(shelf.of("a")?.answers, true);
  assert.equal(shelf.keep("a", { servers: serversWith(2) }), true);
  // Registered anew by an older program.
  shelf.keep("a", { servers, features: [] });
  assert.equal(shelf.of("a")?.answers, false);
});

Deno.test("readBridgeServerId() undoes bridgeServerId(), and reads nothing else", () => {
  for (const serverId of ["files", "chrome-devtools", "a_b"]) {
    const one = { bridgeId: "brg_0aZ", serverId };
    assert.deepEqual(readBridgeServerId(bridgeServerId(one)), one);
  }
  for (const text of ["srv_1", "brg_", "brg_a", "brg_a_", "brg_a_B", "brg_a-b_c", "x_brg_a_b"]) {
    assert.equal(readBridgeServerId(text), null, text);
  }
});
