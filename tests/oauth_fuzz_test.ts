import assert from "node:assert/strict";
import { AccountsWorld } from "./support/accounts_world.ts";
import { CALLBACK, fillWorld, HERE, letIn, personAt, RESOURCE } from "./support/oauth_world.ts";

/** Text that means something to SQL, headers, pages, addresses or readers. */
const STRINGS = [
  ...["", " ", "null", "__proto__", "'", '"', "\\", "%", "%00", "\0", "a\r\nset-cookie: x=1"],
  ...["'; drop table oauth_grant;--", "' or '1'='1", "<script>alert(1)</script>", `"><b>`, "${1}"],
  ...["\ud800", "\u202eevil", "💥", "../../etc/passwd", "//evil.example", "javascript:alert(1)"],
  ...["http://169.254.169.254/", "https://evil.example/#x", "x".repeat(5_000), "9".repeat(400)],
];

const LEAKS = /PostgresError|syntax error at|\bat [^\n"]*\.ts:\d+|<script>|"><b>|drop table/i;

Deno.test("signing in fails in order, whatever is sent in whatever place", async (t) => {
  await using world = await AccountsWorld.open();
  await fillWorld(world);
  const person = personAt(world);
  const client_id = await person.register(CALLBACK);
  const asked = { client_id, redirect_uri: HERE, resource: RESOURCE };
  let pages = 0;
  await t.step("requests", async () => {
    const names = [...new URLSearchParams(person.asking(asked)).keys(), "scope", "prompt", "nonce"];
    for (const name of names) {
      for (const value of STRINGS) {
        const { status, text } = await person.open(person.asking({ ...asked, [name]: value }));
        assert.ok(status === 200 || (status >= 400 && status < 500), `${name} ${value} ${status}`);
        assert.ok(!LEAKS.test(text), `${name} ${value}: ${text}`);
        if (status === 200) pages++;
      }
    }
    // What the client sends for itself, and what is not known here, is taken as it is.
    assert.ok(pages > 30, String(pages));
  });
  await t.step("forms of clients", async () => {
    const { form } = await letIn(person);
    for (const name of [...Object.keys(form), "refresh_token", "scope", "client_secret"]) {
      for (const value of STRINGS) {
        for (const grant_type of ["authorization_code", "refresh_token"]) {
          const changed = { ...form, code: "x", grant_type, refresh_token: "x", [name]: value };
          const { status, body } = await person.exchange(changed);
          assert.equal(status, 400, JSON.stringify(body));
          assert.match(body.error, /^[a-z_]+$/);
          assert.match(body.error_description, /^[\x20-\x7e]+$/);
        }
      }
    }
    for (const value of STRINGS) {
      const status = await person.revoke({ token: value });
      assert.ok(status === 200 || status === 400, String(status));
    }
  });
  await t.step("registrations", async () => {
    for (const value of [...STRINGS, 1, null, [], {}, [[]], [null], Array(50).fill(CALLBACK)]) {
      for (const name of ["redirect_uris", "client_name", "token_endpoint_auth_method"]) {
        const body = { redirect_uris: [CALLBACK], [name]: value };
        const answer = await world.ask("/oauth/register", { body });
        const text = await answer.text();
        assert.ok([201, 400].includes(answer.status), text);
        assert.equal(JSON.parse(text).client_secret, undefined);
      }
    }
  });
  await t.step("what holds it: what is right still works", async () => {
    const { form } = await letIn(person);
    assert.equal((await person.exchange(form)).status, 200);
  });
});
