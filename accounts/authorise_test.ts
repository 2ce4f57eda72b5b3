import assert from "node:assert/strict";
import { ANONYMOUS_TENANT, type Scope, SCOPES } from "../spec/account.ts";
import { anonymousCaller, keyCaller, ownerCaller, userCaller } from "../tests/support/callers.ts";
import { authorise } from "./authorise.ts";
import { ACTIONS, needOf, type Resource, RESOURCE_KINDS, SHAREABLE_KINDS } from "./resource.ts";

function resource(more: Partial<Resource> = {}): Resource {
  return { kind: "tool", tenant: "ten_a", visibility: "private", ...more };
}

Deno.test("authorise() allows with exactly the scope of the table, and with no other", () => {
  for (const kind of RESOURCE_KINDS) {
    for (const action of ACTIONS) {
      const need = needOf(kind, action);
      const allowing = SCOPES.filter((scope) => {
        const caller = keyCaller({ scopes: new Set([scope]) });
        return authorise(caller, action, resource({ kind })).allowed;
      });
      const expected: Scope[] = SCOPES.filter((scope) => scope === need);
      assert.deepEqual(allowing, expected, `${action} ${kind}`);
    }
  }
});

Deno.test("authorise() lets no key look after an account, whatever its scopes", () => {
  for (const kind of ["key", "secret"] as const) {
    const own = resource({ kind });
    assert.ok(authorise(userCaller(), "write", own).allowed);
    const key = keyCaller({ scopes: new Set(SCOPES) });
    assert.deepEqual(authorise(key, "write", own), { allowed: false, reason: "account" });
    const member = userCaller({ managesAccount: false });
    assert.deepEqual(authorise(member, "read", own), { allowed: false, reason: "account" });
  }
});

Deno.test("authorise() hides what is another's and private, to whoever asks", () => {
  const everybody = [keyCaller(), userCaller(), ownerCaller(), anonymousCaller()];
  for (const kind of RESOURCE_KINDS) {
    if (kind === "system") continue;
    for (const caller of everybody) {
      for (const action of ACTIONS) {
        const foreign = resource({ kind, tenant: "ten_b" });
        assert.deepEqual(authorise(caller, action, foreign), {
          allowed: false,
          reason: "invisible",
        });
      }
    }
  }
});

Deno.test("authorise() does not share secrets, keys, pins, logs and usage by calling them public", () => {
  for (const kind of RESOURCE_KINDS) {
    if (kind === "system" || SHAREABLE_KINDS.has(kind)) continue;
    const foreign = resource({ kind, tenant: "ten_b", visibility: "public" });
    const decision = authorise(userCaller({ scopes: new Set(SCOPES) }), "read", foreign);
    assert.deepEqual(decision, { allowed: false, reason: "invisible" }, kind);
  }
});

Deno.test("authorise() lets public things of others be used and not be changed", () => {
  const theirs = resource({ kind: "collection", tenant: "ten_b", visibility: "public" });
  assert.ok(authorise(keyCaller(), "read", theirs).allowed);
  assert.ok(authorise(keyCaller(), "execute", theirs).allowed);
  assert.deepEqual(authorise(keyCaller(), "write", theirs), {
    allowed: false,
    reason: "not-owner",
  });
});

Deno.test("authorise() gives nothing to the tenant that nobody is", () => {
  const planted = resource({ tenant: ANONYMOUS_TENANT });
  assert.deepEqual(authorise(anonymousCaller(), "read", planted), {
    allowed: false,
    reason: "invisible",
  });
});

Deno.test("authorise() holds a key to its collections", () => {
  const held = keyCaller({ collections: ["col_1"] });
  const inside = resource({ kind: "tool", collectionId: "col_1" });
  assert.ok(authorise(held, "execute", inside).allowed);
  for (const outside of [resource(), resource({ collectionId: "col_2" })]) {
    assert.deepEqual(authorise(held, "execute", outside), { allowed: false, reason: "invisible" });
    assert.ok(authorise(keyCaller(), "execute", outside).allowed);
  }
  const none = keyCaller({ collections: [] });
  assert.equal(authorise(none, "execute", inside).allowed, false);
});

Deno.test("authorise() keeps the registry's packages for whoever looks after the system", () => {
  const common = resource({ kind: "package", tenant: null, visibility: "public" });
  assert.ok(authorise(anonymousCaller(), "read", common).allowed);
  assert.ok(authorise(ownerCaller(), "write", common).allowed);
  assert.deepEqual(authorise(userCaller(), "write", common), {
    allowed: false,
    reason: "scope",
    scope: "admin",
  });
});
