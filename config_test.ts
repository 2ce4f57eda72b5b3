import assert from "node:assert/strict";
import { type ConfigFault, type Environment, isLoopbackHost, loadConfig } from "./config.ts";
import { AirlockError } from "./spec/errors.ts";
import { DEFAULT_LIMITS, LIMIT_CEILINGS } from "./spec/limits.ts";

function faultsOf(environment: Environment): { faults: ConfigFault[]; message: string } {
  try {
    loadConfig(environment);
  } catch (error) {
    assert.ok(error instanceof AirlockError);
    assert.equal(error.code, "invalid_input");
    const faults = error.details.faults;
    assert.ok(Array.isArray(faults));
    return { faults, message: error.message };
  }
  return assert.fail("loadConfig accepted it");
}

Deno.test("loadConfig() gives safe defaults for an empty environment", () => {
  const config = loadConfig({ PATH: "/bin", AIRLOCK_PORT: "" });
  assert.equal(config.host, "127.0.0.1");
  assert.equal(config.port, 8787);
  assert.equal(config.loopback, true);
  assert.equal(config.apiKey, undefined);
  assert.equal(config.policy.defaultNet, "none");
  assert.equal(config.policy.grantDeclared, false);
  assert.deepEqual(config.policy.allowNetDirect, []);
  assert.deepEqual(config.limits.defaults, DEFAULT_LIMITS);
  assert.deepEqual(config.limits.ceilings, LIMIT_CEILINGS);
  assert.equal(config.maxBodyBytes, 4 * 1024 * 1024);
  assert.match(config.dataDirectory, /^\/.*\.airlock$/);
});

Deno.test("loadConfig() parses every kind of value", () => {
  const config = loadConfig({
    AIRLOCK_HOST: "0.0.0.0",
    AIRLOCK_API_KEY: "correct horse",
    AIRLOCK_DEFAULT_NET: "api.example.com, *.example.org:8443",
    AIRLOCK_NET_ALLOW_PRIVATE: "127.0.0.1:9000,10.0.0.0/8,fd00::/8,[::1]:80",
    AIRLOCK_ALLOW_NET_DIRECT: "db.example.com:5432",
    AIRLOCK_ALLOW_FS_TMP: "no",
    AIRLOCK_MEMORY_MB: "64",
    AIRLOCK_MIN_ISOLATION: "bubblewrap",
    AIRLOCK_NPM_MIN_AGE_HOURS: "24",
    AIRLOCK_ESM_ORIGIN: "http://127.0.0.1:9999",
  });
  assert.equal(config.apiKey?.reveal(), "correct horse");
  assert.deepEqual(config.policy.defaultNet, ["api.example.com", "*.example.org:8443"]);
  assert.deepEqual(config.policy.netAllowPrivate.length, 4);
  assert.deepEqual(config.policy.allowNetDirect, ["db.example.com:5432"]);
  assert.equal(config.policy.allowFsTmp, false);
  assert.equal(config.limits.defaults.memoryBytes, 64 * 1024 * 1024);
  assert.equal(config.npm.minAgeMs, 86_400_000);
  assert.equal(config.esmOrigin, "http://127.0.0.1:9999/");
});

Deno.test("loadConfig() lists every fault at once, without values of secrets", () => {
  const { faults, message } = faultsOf({
    AIRLOCK_PROT: "1",
    AIRLOCK_PORT: "70000",
    AIRLOCK_LOG_LEVEL: "loud",
    AIRLOCK_ESM_ORIGIN: "https://user:s3cret-pass@esm.example",
    AIRLOCK_DEFAULT_NET: "public,http://x/y",
    AIRLOCK_ALLOW_FS_TMP: "maybe",
    AIRLOCK_TIMEOUT_MS: "1e3",
  });
  assert.deepEqual(faults.map((fault) => fault.variable).sort(), [
    "AIRLOCK_ALLOW_FS_TMP",
    "AIRLOCK_DEFAULT_NET",
    "AIRLOCK_ESM_ORIGIN",
    "AIRLOCK_LOG_LEVEL",
    "AIRLOCK_PORT",
    "AIRLOCK_PROT",
    "AIRLOCK_TIMEOUT_MS",
  ]);
  assert.match(message, /AIRLOCK_PROT is not known; did you mean AIRLOCK_PORT/);
  assert.match(message, /^read configuration: 7 faults/);
  assert.ok(!message.includes("s3cret-pass"));
});

Deno.test("loadConfig() refuses to listen beyond loopback without a key", () => {
  for (const AIRLOCK_HOST of ["0.0.0.0", "::", "192.168.1.4", "example.com", "127.evil.com"]) {
    const { faults } = faultsOf({ AIRLOCK_HOST });
    assert.deepEqual(faults.map((fault) => fault.variable), ["AIRLOCK_HOST"]);
    assert.equal(loadConfig({ AIRLOCK_HOST, AIRLOCK_API_KEY: "k" }).loopback, false);
  }
  for (const AIRLOCK_HOST of ["localhost", "::1", "127.0.0.9"]) {
    assert.equal(loadConfig({ AIRLOCK_HOST }).loopback, true);
  }
});

Deno.test("loadConfig() refuses defaults above their ceilings", () => {
  const { faults } = faultsOf({
    AIRLOCK_TIMEOUT_MS: "2000",
    AIRLOCK_MAX_TIMEOUT_MS: "1000",
    AIRLOCK_MEMORY_MB: "512",
    AIRLOCK_MAX_MEMORY_MB: "256",
    AIRLOCK_BLANK_SANDBOXES: "9",
    AIRLOCK_MAX_SANDBOXES: "8",
  });
  assert.deepEqual(faults.map((fault) => fault.variable).sort(), [
    "AIRLOCK_BLANK_SANDBOXES",
    "AIRLOCK_MEMORY_MB",
    "AIRLOCK_TIMEOUT_MS",
  ]);
});

Deno.test("isLoopbackHost() is not fooled by names that look local", () => {
  for (const host of ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "LOCALHOST"]) {
    assert.equal(isLoopbackHost(host), true, host);
  }
  for (
    const host of ["localhost.evil.com", "127.0.0.1.evil.com", "0.0.0.0", "::", "", "1270.0.0.1"]
  ) {
    assert.equal(isLoopbackHost(host), false, host);
  }
});

Deno.test("loadConfig() wants to know where Redis is, and shows no word of it", () => {
  const url = "redis://user:hunter2-hunter2@redis.example:6380/3";
  const { metering } = loadConfig({ AIRLOCK_RATE_STORE: "redis", AIRLOCK_REDIS_URL: url });
  assert.equal(metering.redisUrl?.reveal(), url);
  assert.ok(!Deno.inspect(metering).includes("hunter2"));
  assert.throws(
    () => loadConfig({ AIRLOCK_RATE_STORE: "redis" }),
    /AIRLOCK_RATE_STORE is redis, which needs AIRLOCK_REDIS_URL/,
  );
  for (const wrong of ["http://u:hunter2@a", "redis://u:hunter2@a/name", "redis:hunter2", "a,b"]) {
    assert.throws(
      () => loadConfig({ AIRLOCK_REDIS_URL: wrong }),
      ({ message }) => /AIRLOCK_REDIS_URL needs/.test(message) && !/hunter2/.test(message),
    );
  }
});
