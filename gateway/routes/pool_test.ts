import assert from "node:assert/strict";
import { FAKE_POOL, fakeGateway } from "../../tests/support/fake_gateway.ts";

const URL = "http://127.0.0.1:8787/pool";

Deno.test("GET /pool shows the pools to whoever has the key", async () => {
  const open = await fakeGateway().app.request(URL);
  assert.equal(open.status, 200);
  assert.deepEqual(await open.json(), FAKE_POOL);
  const { app } = fakeGateway({ settings: { apiKey: "key" } });
  assert.equal((await app.request(URL)).status, 401);
  const headers = { authorization: "Bearer key" };
  assert.equal((await app.request(URL, { headers })).status, 200);
});
