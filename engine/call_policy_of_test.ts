import assert from "node:assert/strict";
import { loadConfig } from "../config.ts";
import { callPolicy } from "./call_policy_of.ts";

Deno.test("callPolicy() grants nothing unless configuration says so", () => {
  const policy = callPolicy(loadConfig({}));
  assert.deepEqual(policy.defaultPermissions, { net: "none", netDirect: [], fs: "none" });
  assert.equal(policy.grantDeclared, false);
  assert.deepEqual(policy.permissionCeiling.netDirect, []);
});

Deno.test("callPolicy() takes grants and ceilings from configuration", () => {
  const policy = callPolicy(loadConfig({
    AIRLOCK_DEFAULT_NET: "public",
    AIRLOCK_ALLOW_NET_DIRECT: "db.example.com:5432",
    AIRLOCK_ALLOW_FS_TMP: "true",
  }));
  assert.equal(policy.defaultPermissions.net, "public");
  assert.deepEqual(policy.permissionCeiling.netDirect, ["db.example.com:5432"]);
  assert.equal(policy.permissionCeiling.fs, "tmp");
  // What is possible is not yet what a call gets by itself.
  assert.deepEqual(policy.defaultPermissions.netDirect, []);
  assert.equal(policy.defaultPermissions.fs, "none");
});
