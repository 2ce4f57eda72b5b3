import assert from "node:assert/strict";
import type { Caller } from "../../spec/account.ts";
import type { JsonObject } from "../../spec/json.ts";
import { userCaller } from "../../tests/support/callers.ts";
import { FakeAuthorization } from "../../tests/support/fake_authorization.ts";
import { FakeUpstream } from "../../tests/support/fake_upstream.ts";
import {
  ALICE,
  type Ask,
  BOB,
  call,
  RemoteWorld,
  settles,
} from "../../tests/support/remote_world.ts";
import { signedInUpstream } from "../../tests/support/signed_in_upstream.ts";

/** Of Alice's account, and not Alice. */
const CAROL: Caller = userCaller({ ...ALICE, userId: "usr_carol" });

async function begin(ask: Ask, path: string): Promise<string> {
  const { status, body } = await ask(path, { body: {} });
  assert.equal(status, 200, JSON.stringify(body));
  return (body as { address: string }).address;
}

Deno.test("SignInDesk lets each person sign in for themselves", async (t) => {
  await using authorization = new FakeAuthorization();
  await using upstream = signedInUpstream(authorization);
  await using world = await RemoteWorld.open();
  const { collectionId, accountsWorld: { database: { sql } } } = world;
  const [alice, carol, bob] = [ALICE, CAROL, BOB].map((caller) => world.asking(caller));
  assert.ok(alice && carol && bob);
  const servers = `/api/collections/${collectionId}/servers`;
  const added = await alice(servers, { body: { name: "issues", url: upstream.url } });
  const look = added.body as { server: { id: string }; failure: { code: string } };
  assert.equal(look.failure.code, "sign_in_required");
  const path = `${servers}/${look.server.id}/sign-in`;
  const callback = (ask: Ask, back: URL) => ask(`${back.pathname}${back.search}`);
  const who = async (ask: Ask) => {
    const { result, error } = await call(ask, collectionId, { name: "issues--who" });
    return result?.content[0]?.text ?? error?.data.code;
  };

  await t.step("an answer is for whoever began, once", async () => {
    const back = authorization.allow(await begin(alice, path), "alice");
    for (const ask of [carol, bob]) assert.equal((await callback(ask, back)).status, 404);
    assert.equal(authorization.tokenRequests.length, 0);
    assert.equal((await callback(alice, back)).status, 200);
    assert.equal((await callback(alice, back)).status, 404);
    const { form, authorization: header } = authorization.tokenRequests[0]!;
    assert.deepEqual([form.get("resource"), header], [upstream.url, null]);
    assert.equal(await who(alice), "alice");
  });

  await t.step("nobody calls with what somebody else was let in with", async () => {
    assert.equal(await who(carol), "sign_in_required");
    assert.notEqual(await who(bob), "alice");
    await callback(carol, authorization.allow(await begin(carol, path), "carol"));
    assert.deepEqual(await Promise.all([who(carol), who(alice), who(carol)]), [
      ...["carol", "alice", "carol"],
    ]);
    assert.equal((await bob(path)).status, 404);
    // A token that is moved to another person's row opens for nobody.
    await sql`update mcp_sign_in_grant as mine set sealed = theirs.sealed
      from mcp_sign_in_grant as theirs where mine.person <> theirs.person`;
    await settles(async () => assert.equal(await who(alice), "internal"));
    await callback(carol, authorization.allow(await begin(carol, path), "carol"));
    await callback(alice, authorization.allow(await begin(alice, path), "alice"));
    await settles(async () => assert.equal(await who(alice), "alice"));
  });

  await t.step("tokens are kept sealed, and told to nobody", async () => {
    const [row] = await sql<{ text: string }[]>`
      select (select string_agg(g::text, '') from mcp_sign_in_grant g) ||
        (select string_agg(a::text, '') from audit_log a) as text`;
    const shown = JSON.stringify([(await alice(path)).body, (await alice(servers)).body, row]);
    assert.doesNotMatch(shown, /[ar]t-[0-9a-f]{8}-/);
  });

  await t.step("what has ended is renewed once for all", async () => {
    const before = authorization.tokenRequests.length;
    authorization.tokens.clear();
    const answers = await Promise.all([who(alice), who(alice), who(alice)]);
    assert.deepEqual(answers, ["alice", "alice", "alice"]);
    assert.equal(authorization.tokenRequests.length, before + 1);
  });

  await t.step("another issuer's answer is refused, and the code stays here", async () => {
    const before = authorization.tokenRequests.length;
    const back = authorization.allow(await begin(alice, path), "alice");
    back.searchParams.set("iss", "https://elsewhere.example");
    assert.equal((await callback(alice, back)).status, 403);
    assert.equal(authorization.tokenRequests.length, before);
  });

  await t.step(
    "an authorisation server leads to no place that a server may not be at",
    async () => {
      const wrong: JsonObject[] = [
        { issuer: "https://elsewhere.example" },
        { token_endpoint: "http://169.254.169.254/token" },
        { registration_endpoint: "http://10.0.0.1/register" },
      ];
      for (const metadata of wrong) {
        authorization.metadata = metadata;
        const { status, body } = await alice(path, { body: {} });
        const finished = status === 200
          ? await callback(
            alice,
            authorization.allow((body as { address: string }).address, "alice"),
          )
          : { status };
        assert.ok([403, 502].includes(finished.status), JSON.stringify([metadata, status, body]));
      }
      authorization.metadata = {};
    },
  );

  await t.step(
    "a server that is moved is sent nothing, and neither is one signed out of",
    async () => {
      assert.equal(await who(alice), "alice");
      const signedOut = await alice(path, { method: "DELETE" });
      assert.equal((signedOut.body as { signedIn: boolean }).signedIn, false);
      assert.equal(authorization.revoked.length, 1);
      await settles(async () => assert.equal(await who(alice), "sign_in_required"));
      await using thief = new FakeUpstream();
      await carol(`${servers}/${look.server.id}`, { method: "PATCH", body: { url: thief.url } });
      await who(carol);
      assert.equal((await carol(path)).status, 200);
      assert.ok(thief.messages.every((message) => message.authorization === null));
    },
  );
});
