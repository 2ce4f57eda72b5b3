import assert from "node:assert/strict";
import type { Caller } from "../spec/account.ts";
import { AirlockError } from "../spec/errors.ts";
import { keyCaller, userCaller } from "../tests/support/callers.ts";
import { type AuthenticateOptions, createAuthenticate } from "./authenticate.ts";
import { SESSION_COOKIE } from "./credentials.ts";
import { invalidKey } from "./keys/verify_key.ts";

const KEY_CALLER = keyCaller();
const USER = userCaller();
const COOKIE = { cookie: `other=1; ${SESSION_COOKIE}=good.sig` };

function authenticateWith(more: Partial<AuthenticateOptions> = {}) {
  const authenticate = createAuthenticate({
    ownerKey: undefined,
    trustsMachine: true,
    keys: {
      verify: (token) => token === "good" ? KEY_CALLER : Promise.reject(invalidKey()),
    },
    door: { isClosed: () => Promise.resolve(false) },
    findSession: (token) => Promise.resolve(token === "good.sig" ? USER : null),
    ...more,
  });
  return async (headers: Record<string, string>): Promise<string | Caller> => {
    try {
      return await authenticate(new Headers(headers));
    } catch (error) {
      assert.ok(error instanceof AirlockError, String(error));
      return error.code;
    }
  };
}

function kindOf(found: string | Caller): string {
  return typeof found === "string" ? found : found.kind;
}

const CLOSED = { door: { isClosed: () => Promise.resolve(true) } };

Deno.test("createAuthenticate() takes keys by both headers, the standard one first", async () => {
  const authenticate = authenticateWith();
  assert.equal(await authenticate({ authorization: "Bearer good" }), KEY_CALLER);
  assert.equal(await authenticate({ authorization: "bearer   good" }), KEY_CALLER);
  assert.equal(await authenticate({ "x-api-key": "good" }), KEY_CALLER);
  const both = { authorization: "Bearer bad", "x-api-key": "good" };
  assert.equal(await authenticate(both), "unauthenticated");
});

Deno.test("createAuthenticate() never overlooks a key that is wrong, for a session or the machine", async () => {
  const authenticate = authenticateWith();
  const wrong: Record<string, string>[] = [
    { authorization: "Bearer bad" },
    { authorization: "Basic Z29vZA==" },
    { authorization: "good" },
    { authorization: "" },
    { "x-api-key": "" },
    { "x-api-key": "good, good" },
    { authorization: "Bearer good, Bearer good" },
    { authorization: "Bearer bad", ...COOKIE },
  ];
  for (const headers of wrong) {
    assert.equal(await authenticate(headers), "unauthenticated", JSON.stringify(headers));
  }
});

Deno.test("createAuthenticate() takes whoever has the machine for its owner until there are users", async () => {
  assert.equal(kindOf(await authenticateWith()({})), "owner");
  assert.equal(kindOf(await authenticateWith(CLOSED)({})), "anonymous");
  assert.equal(kindOf(await authenticateWith({ trustsMachine: false })({})), "anonymous");
  assert.equal(kindOf(await authenticateWith({ ownerKey: "key" })({})), "anonymous");
  const unknown = {
    door: { isClosed: () => Promise.reject(new AirlockError("upstream_failed", "look up: away")) },
  };
  assert.equal(await authenticateWith(unknown)({}), "upstream_failed");
});

Deno.test("createAuthenticate() takes nobody for the owner who comes through a proxy", async () => {
  for (const header of ["x-forwarded-for", "forwarded", "x-real-ip", "via"]) {
    assert.equal(kindOf(await authenticateWith()({ [header]: "127.0.0.1" })), "anonymous");
  }
});

Deno.test("createAuthenticate() knows the owner's key, whatever else there is", async () => {
  const authenticate = authenticateWith({ ownerKey: "owner-key", ...CLOSED });
  assert.equal(kindOf(await authenticate({ "x-api-key": "owner-key" })), "owner");
  assert.equal(await authenticate({ "x-api-key": "owner-kez" }), "unauthenticated");
  assert.equal(await authenticate({ "x-api-key": "owner-key2" }), "unauthenticated");
  assert.equal(await authenticate({ authorization: "Bearer good" }), KEY_CALLER);
});

Deno.test("createAuthenticate() knows sessions by their cookie alone", async () => {
  const authenticate = authenticateWith(CLOSED);
  assert.equal(await authenticate(COOKIE), USER);
  const secure = { cookie: `__Secure-${SESSION_COOKIE}=good.sig` };
  assert.equal(await authenticate(secure), USER);
  const others = [
    `${SESSION_COOKIE}=forged.sig`,
    `x${SESSION_COOKIE}=good.sig`,
    `${SESSION_COOKIE}x=good.sig`,
    `${SESSION_COOKIE}=`,
    SESSION_COOKIE,
    `a=${"b".repeat(9_000)}; ${SESSION_COOKIE}=good.sig`,
  ];
  for (const cookie of others) {
    assert.equal(kindOf(await authenticate({ cookie })), "anonymous", cookie.slice(0, 60));
  }
});
