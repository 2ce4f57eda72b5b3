import assert from "node:assert/strict";
import { AccountsWorld } from "../../../tests/support/accounts_world.ts";

const CALL = { packageName: "@scope/tools", name: "greet", params: {} };
const VALUE = "v4lue-that-nobody-should-see";

Deno.test("/api/secrets keeps secrets for calls, and never gives one back", async (t) => {
  await using world = await AccountsWorld.open();
  const kept = await world.ask("/api/secrets", {
    method: "PUT",
    body: { name: "API_TOKEN", value: VALUE },
  });
  const answer = await kept.text();
  assert.equal(kept.status, 200, answer);

  await t.step("a call of the account has it, and its log has not", async () => {
    await world.ask("/execute-tool", { body: CALL });
    const { grant } = world.gateway.calls.at(-1)!.context;
    assert.equal(grant?.secrets?.API_TOKEN, VALUE);
    assert.equal(grant?.redact?.(`token=${VALUE}`), "token=[redacted]");
  });
  await t.step("no route shows it", async () => {
    const { id } = JSON.parse(answer);
    const paths = ["/api/secrets", "/api/audit", "/api/me", "/health", "/metrics", "/openapi.json"];
    for (const path of paths) {
      assert.ok(!(await (await world.ask(path)).text()).includes(VALUE), path);
    }
    assert.ok(!answer.includes(VALUE));
    assert.equal((await world.ask(`/api/secrets/${id}`)).status, 404);
  });
  await t.step("a wrong body does not come back in the error", async () => {
    const bodies = [
      { name: "A B", value: VALUE },
      { name: "OK", value: VALUE, owner_id: VALUE },
      { name: VALUE.repeat(10), value: 1 },
      { value: VALUE },
      `{"name":"OK","value":"${VALUE}"`,
    ];
    for (const body of bodies) {
      const refused = await world.ask("/api/secrets", { method: "PUT", body });
      assert.equal(refused.status, 400);
      assert.ok(!(await refused.text()).includes(VALUE), JSON.stringify(body));
    }
  });
  await t.step("another account's calls do not have it, and cannot remove it", async () => {
    const { id } = JSON.parse(answer);
    const { token } = await world.makeKey({
      ...(await world.accounts.authenticate(new Headers())),
      tenant: "ten_b",
    });
    await world.ask("/execute-tool", { key: token, body: CALL });
    assert.equal(world.gateway.calls.at(-1)!.context.grant?.secrets, undefined);
    const removed = await world.ask(`/api/secrets/${id}`, { method: "DELETE", key: token });
    assert.equal(removed.status, 403);
  });
  await t.step("a forgotten secret is gone from the next call", async () => {
    const { id } = JSON.parse(answer);
    assert.equal((await world.ask(`/api/secrets/${id}`, { method: "DELETE" })).status, 200);
    assert.equal((await world.ask(`/api/secrets/${id}`, { method: "DELETE" })).status, 404);
    await world.ask("/execute-tool", { body: CALL });
    assert.equal(world.gateway.calls.at(-1)!.context.grant?.secrets, undefined);
  });
});

Deno.test("/api/secrets without a master key says what to do", async () => {
  await using world = await AccountsWorld.open({
    accounts: { masterKeys: { current: undefined, previous: undefined } },
  });
  const refused = await world.ask("/api/secrets", {
    method: "PUT",
    body: { name: "API_TOKEN", value: VALUE },
  });
  assert.equal(refused.status, 412);
  assert.match((await refused.json()).suggestion, /AIRLOCK_MASTER_KEY/);
});
