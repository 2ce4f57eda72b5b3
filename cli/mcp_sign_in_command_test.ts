import assert from "node:assert/strict";
import { FakeAuthorization } from "../tests/support/fake_authorization.ts";
import { installation } from "../tests/support/installation.ts";
import { signedInUpstream } from "../tests/support/signed_in_upstream.ts";

Deno.test("airlock mcp sign-in and sign-out let somebody in to another server", async (t) => {
  await using authorization = new FakeAuthorization();
  await using upstream = signedInUpstream(authorization);
  await using world = await installation();
  const allowed = [upstream.url, authorization.issuer].map((url) => new URL(url).host);
  const env = {
    AIRLOCK_NET_ALLOW_PRIVATE: allowed.join(","),
    AIRLOCK_MASTER_KEY: "07".repeat(32),
  };
  const run = (...args: string[]) => world.run(args, { env });
  const signIn = (...more: string[]) => run("mcp", "sign-in", "mine", "issues", ...more);
  const begin = async () => {
    const { code, out, err } = await signIn();
    assert.equal(code, 0, err);
    assert.match(err, /--finish/);
    return out.trim();
  };
  const test = async () => (await run("mcp", "test", "mine", "issues")).code;
  await run("collections", "create", "Mine");
  const { code, err } = await run("mcp", "add", "mine", "issues", upstream.url);
  assert.equal(code, 4);
  assert.match(err, /sign_in_required/);

  await t.step("what was refused there lets nobody in", async () => {
    const back = authorization.allow(await begin(), "me");
    back.searchParams.delete("code");
    back.searchParams.set("error", "access_denied");
    const { err } = await signIn("--finish", String(back));
    assert.match(err, /the answer is access_denied .*permission_denied/s);
    assert.equal(authorization.tokenRequests.length, 0);
    assert.equal(await test(), 4);
  });
  await t.step("nor does what took too long", async () => {
    const back = authorization.allow(await begin(), "me");
    await world.database.sql`
      update mcp_sign_in set expires_at = now() - interval '1 second'`;
    assert.equal((await signIn("--finish", String(back))).code, 2);
    assert.equal(authorization.tokenRequests.length, 0);
  });
  const back = authorization.allow(await begin(), "me");
  await t.step("nor an answer for another server, or one that nobody asked for", async () => {
    await run("mcp", "add", "mine", "other", upstream.url);
    const other = await run("mcp", "sign-in", "mine", "other", "--finish", String(back));
    assert.equal(other.code, 2);
    const forged = new URL(back);
    forged.searchParams.set("state", "forged");
    assert.equal((await signIn("--finish", String(forged))).code, 2);
    assert.equal(authorization.tokenRequests.length, 0);
  });
  await t.step("the address that the browser came back to does, once", async () => {
    const { origin, pathname } = back;
    assert.equal(`${origin}${pathname}`, "http://127.0.0.1:8787/oauth/upstream/callback");
    const { code, out, err } = await signIn("--finish", String(back));
    assert.equal(code, 0, err);
    assert.equal(out, `signed in by ${authorization.issuer}\n`);
    assert.equal(await test(), 0);
    assert.equal((await signIn("--finish", String(back))).code, 2);
  });
  await t.step("until it is forgotten, here and there", async () => {
    assert.equal((await run("mcp", "sign-out", "mine", "issues")).out, "not signed in\n");
    assert.ok(authorization.revoked.length > 0);
    assert.equal(await test(), 4);
  });
});
