import assert from "node:assert/strict";
import { loadConfig } from "../config.ts";
import { AirlockError } from "../spec/errors.ts";
import { providerFaults } from "./provider_faults.ts";

const HALF_SET = {
  AIRLOCK_GITHUB_CLIENT_ID: "id",
  AIRLOCK_GOOGLE_CLIENT_SECRET: "hush",
  AIRLOCK_OIDC_CLIENT_ID: "id",
  AIRLOCK_OIDC_CLIENT_SECRET: "hush",
};

Deno.test("providerFaults() names what is missing of providers that are set in part", () => {
  const faults = providerFaults(HALF_SET);
  assert.deepEqual(faults.map(({ variable }) => variable), [
    "AIRLOCK_GITHUB_CLIENT_SECRET",
    "AIRLOCK_GOOGLE_CLIENT_ID",
    "AIRLOCK_OIDC_DISCOVERY_URL",
  ]);
  assert.ok(!JSON.stringify(faults).includes("hush"));
  assert.deepEqual(providerFaults({}), []);
});

Deno.test("loadConfig() refuses providers of accounts that are set in part", () => {
  assert.throws(() => loadConfig(HALF_SET), (error) => {
    assert.ok(error instanceof AirlockError);
    assert.match(error.message, /AIRLOCK_OIDC_DISCOVERY_URL is not set, and needed beside/);
    return true;
  });
  const whole = { AIRLOCK_GITHUB_CLIENT_ID: "id", AIRLOCK_GITHUB_CLIENT_SECRET: "hush" };
  assert.equal(loadConfig(whole).people.github?.clientId, "id");
});
