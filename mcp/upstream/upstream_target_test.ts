import assert from "node:assert/strict";
import { connectionKey, type UpstreamTarget } from "./upstream_target.ts";

const HEADERS = { authorization: "Bearer a", "x-team": "1" };
const place = { kind: "url", url: "https://a.example/mcp", transport: null, headers: HEADERS };
const TARGET = {
  ...{ serverId: "srv_1", collectionId: "col_1", tenant: "ten_a" },
  place,
} as UpstreamTarget;

Deno.test("connectionKey() is another as soon as server, account or credentials are", () => {
  const others: UpstreamTarget[] = [
    { ...TARGET, serverId: "srv_2" },
    { ...TARGET, tenant: "ten_b" },
    { ...TARGET, place: { ...TARGET.place, url: "https://b.example/mcp" } as never },
    { ...TARGET, place: { ...place, headers: { ...HEADERS, authorization: "Bearer b" } } as never },
    { ...TARGET, place: { ...place, headers: { authorization: "Bearer a" } } as never },
    {
      ...TARGET,
      place: { ...place, headers: { authorization: "Bearer a", "x-team1": "" } } as never,
    },
    { ...TARGET, place: { kind: "command", command: ["https://a.example/mcp"] } },
  ];
  const keys = [TARGET, ...others].map(connectionKey);
  assert.equal(new Set(keys).size, keys.length);
  const same = { "X-Team": "1", Authorization: "Bearer a" };
  assert.equal(
    connectionKey({ ...TARGET, place: { ...place, headers: same } as never }),
    connectionKey(TARGET),
  );
  assert.ok(!keys.join().includes("Bearer"), "a key tells no credentials");
});
