import assert from "node:assert/strict";
import { DEFAULT_LIMITS, LIMIT_CEILINGS } from "../spec/limits.ts";
import { NO_PERMISSIONS, type Permissions } from "../spec/permissions.ts";
import { type CallPolicy, effectiveLimits, effectivePermissions } from "./call_policy.ts";

function policyOf(change: Partial<CallPolicy> = {}): CallPolicy {
  return {
    defaultPermissions: NO_PERMISSIONS,
    permissionCeiling: { net: "public", netDirect: ["db:5432"], fs: "tmp" },
    defaultLimits: DEFAULT_LIMITS,
    limitCeiling: LIMIT_CEILINGS,
    grantDeclared: false,
    ...change,
  };
}

const NOTHING: Permissions = NO_PERMISSIONS;

Deno.test("effectivePermissions() takes a declaration for a request, not for a grant", () => {
  const needs = { net: ["api.example.com"], fs: "tmp" } as const;
  assert.deepEqual(effectivePermissions(undefined, needs, policyOf()), NOTHING);
  assert.deepEqual(effectivePermissions(undefined, needs, policyOf({ grantDeclared: true })), {
    net: ["api.example.com"],
    netDirect: [],
    fs: "tmp",
  });
});

Deno.test("effectivePermissions() prefers what the call asks for", () => {
  const needs = { net: ["api.example.com"], fs: "tmp" } as const;
  const policy = policyOf({ grantDeclared: true });
  assert.deepEqual(effectivePermissions({ net: "none", fs: "none" }, needs, policy), NOTHING);
  const asked = { net: ["b.example"], netDirect: ["db:5432"] };
  assert.deepEqual(effectivePermissions(asked, needs, policy), { ...asked, fs: "tmp" });
});

Deno.test("effectivePermissions() cuts defaults and declarations down to the ceiling", () => {
  const closed = policyOf({
    defaultPermissions: { net: "public", netDirect: ["other:1"], fs: "tmp" },
    permissionCeiling: NOTHING,
    grantDeclared: true,
  });
  assert.deepEqual(effectivePermissions(undefined, {}, closed), NOTHING);
  assert.deepEqual(effectivePermissions({}, { net: "public", fs: "tmp" }, closed), NOTHING);
});

Deno.test("effectivePermissions() refuses what it cannot grant at all, and says who can", () => {
  const closed = policyOf({ permissionCeiling: NOTHING });
  const cases = [
    [{ net: "public" }, "net", "AIRLOCK_MAX_NET"],
    [{ net: ["a.example", "b.example"] }, "net", "AIRLOCK_MAX_NET"],
    [{ netDirect: ["db:5432"] }, "netDirect", "AIRLOCK_ALLOW_NET_DIRECT"],
    [{ fs: "tmp" }, "fs", "AIRLOCK_ALLOW_FS_TMP"],
  ] as const;
  for (const [asked, permission, setting] of cases) {
    assert.throws(() => effectivePermissions(asked, {}, closed), (error: unknown) => {
      assert.ok(error instanceof Error && "code" in error && "suggestion" in error);
      assert.equal(error.code, "permission_denied");
      assert.ok(String(error.suggestion).includes(setting));
      assert.ok(error.message.includes(permission));
      return true;
    });
  }
});

Deno.test("effectiveLimits() takes the call's, else the package's, else the default, up to a ceiling", () => {
  const policy = policyOf();
  assert.deepEqual(effectiveLimits(undefined, undefined, policy), DEFAULT_LIMITS);
  const declared = { timeoutMs: 5, memoryBytes: 6, outputBytes: 7, logBytes: 8 };
  assert.deepEqual(effectiveLimits({ timeoutMs: 1 }, declared, policy), {
    ...declared,
    timeoutMs: 1,
  });
  const greedy = {
    timeoutMs: Infinity,
    memoryBytes: 1e18,
    outputBytes: 1e18,
    logBytes: Number.MAX_SAFE_INTEGER,
  };
  assert.deepEqual(effectiveLimits(greedy, undefined, policy), LIMIT_CEILINGS);
  assert.deepEqual(effectiveLimits(undefined, greedy, policy), LIMIT_CEILINGS);
});

Deno.test("effectivePermissions() gives what the collection says before what the package declares", () => {
  const policy = policyOf({ grantDeclared: true });
  const grant = { defaults: { permissions: { net: ["c.example"] } } };
  const needs = { net: ["declared.example"], fs: "tmp" } as const;
  assert.deepEqual(effectivePermissions(undefined, needs, { ...policy, grant }).net, ["c.example"]);
  assert.deepEqual(effectivePermissions(undefined, needs, { ...policy, grant }).fs, "tmp");
  const asked = effectivePermissions({ net: "none" }, needs, { ...policy, grant });
  assert.equal(asked.net, "none");
});

Deno.test("effectivePermissions() never gives more than the key's ceiling", () => {
  const ceiling = { permissions: { net: ["*.a.example"], netDirect: [], fs: "none" } } as const;
  const policy = policyOf({ grantDeclared: true });
  const given = {
    ...policy,
    grant: { ceiling, defaults: { permissions: { fs: "tmp" } } },
  } as const;
  // What nobody asked for is cut down without a word.
  assert.deepEqual(effectivePermissions(undefined, { net: "public" }, given), {
    net: ["*.a.example"],
    netDirect: [],
    fs: "none",
  });
  for (
    const asked of [{ net: ["b.example"] }, { netDirect: ["db:5432"] }, { fs: "tmp" }] as const
  ) {
    assert.throws(() => effectivePermissions(asked, {}, given), (error: unknown) => {
      assert.ok(error instanceof Error && "code" in error && "suggestion" in error);
      assert.equal(error.code, "permission_denied");
      return String(error.suggestion).includes("API key");
    });
    // The same without the key's ceiling.
    effectivePermissions(asked, {}, policy);
  }
});

Deno.test("effectiveLimits() puts the collection before the package, and the key's ceiling above all", () => {
  const grant = {
    ceiling: { limits: { timeoutMs: 500 } },
    defaults: { limits: { timeoutMs: 400, outputBytes: 10 } },
  };
  const policy = { ...policyOf(), grant };
  assert.equal(
    effectiveLimits(undefined, { timeoutMs: 300, outputBytes: 7 }, policy).timeoutMs,
    400,
  );
  assert.equal(effectiveLimits(undefined, { outputBytes: 7 }, policy).outputBytes, 10);
  assert.equal(effectiveLimits({ timeoutMs: 30_000 }, undefined, policy).timeoutMs, 500);
});
