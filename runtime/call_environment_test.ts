import assert from "node:assert/strict";
import { AirlockError } from "../spec/errors.ts";
import { callEnvironment, missingEnvironment } from "./call_environment.ts";

function refusal(env: Record<string, string>): AirlockError {
  try {
    callEnvironment(env, []);
  } catch (error) {
    if (error instanceof AirlockError) return error;
    throw error;
  }
  return assert.fail(`accepted ${Object.keys(env).join()}`);
}

Deno.test("callEnvironment() hands on only what the package declares, with its defaults", () => {
  const declared = [
    { name: "API_KEY", required: true },
    { name: "REGION", required: false, default: "eu" },
    { name: "LEVEL", required: false, default: "low" },
    { name: "ABSENT", required: false },
  ];
  const env = callEnvironment({ API_KEY: "k", LEVEL: "high", OTHER: "x" }, declared);
  assert.deepEqual(env, { API_KEY: "k", REGION: "eu", LEVEL: "high" });
  assert.deepEqual(callEnvironment({ OTHER: "x" }, []), { OTHER: "x" });
});

Deno.test("callEnvironment() refuses names that configure the sandbox, in any case", () => {
  const names = [
    "DENO_DIR",
    "DENO_AUTH_TOKENS",
    "NODE_OPTIONS",
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "NPM_CONFIG_REGISTRY",
    "npm_config_registry",
    "LD_PRELOAD",
    "ld_preload",
    "DYLD_INSERT_LIBRARIES",
    "PATH",
    "HOME",
    "SSL_CERT_FILE",
    "HTTPS_PROXY",
    "https_proxy",
    "AIRLOCK_MASTER_KEY",
    "BASH_ENV",
  ];
  for (const name of names) {
    const error = refusal({ [name]: "s3cret-value" });
    assert.deepEqual([error.code, error.stage], ["invalid_input", "request"], name);
    assert.equal(JSON.stringify([error.message, error.details]).includes("s3cret"), false);
  }
  // A package that declares one does not get it either.
  const declared = [{ name: "LD_PRELOAD", required: true, default: "/evil.so" }];
  assert.deepEqual(callEnvironment({}, declared), {});
});

Deno.test("callEnvironment() accepts names that only look alike", () => {
  const env = {
    PATHS: "1",
    MY_PATH: "2",
    HOME_PAGE: "3",
    DENOTE: "4",
    NODE_ENV: "5",
    ENVIRONMENT: "6",
  };
  assert.deepEqual(callEnvironment(env, []), env);
});

Deno.test("callEnvironment() refuses malformed names and too much text", () => {
  for (const name of ["", "1A", "A-B", "A B", "A=B", "A\0", "é", "A".repeat(200)]) {
    assert.equal(refusal({ [name]: "v" }).code, "invalid_input");
  }
  const error = refusal({ BIG: "x".repeat(70_000) });
  assert.match(error.message, /65536 allowed/);
  assert.equal(error.message.includes("xxx"), false);
});

Deno.test("callEnvironment() keeps odd names as plain values", () => {
  const requested: Record<string, string> = JSON.parse(`{"__proto__":"p","constructor":"c"}`);
  const env = callEnvironment(requested, []);
  assert.deepEqual(Object.entries(env), [["__proto__", "p"], ["constructor", "c"]]);
  const declared = [{ name: "toString", required: true }];
  assert.deepEqual(Object.keys(callEnvironment({}, declared)), []);
  assert.deepEqual(missingEnvironment({}, declared), ["toString"]);
});

Deno.test("missingEnvironment() names what is required and not there", () => {
  const declared = [{ name: "A", required: true }, { name: "B", required: false }, {
    name: "C",
    required: true,
  }];
  assert.deepEqual(missingEnvironment({ A: "" }, declared), ["C"]);
});

Deno.test("callEnvironment() gives kept values to packages that declare their names only", () => {
  const declared = [
    { name: "API_KEY", required: true },
    { name: "REGION", required: false, default: "eu" },
  ];
  const kept = { API_KEY: "kept", REGION: "us", OTHER: "not asked for" };
  assert.deepEqual(callEnvironment({}, declared, kept), { API_KEY: "kept", REGION: "us" });
  assert.deepEqual(callEnvironment({ API_KEY: "sent" }, declared, kept), {
    API_KEY: "sent",
    REGION: "us",
  });
  assert.deepEqual(callEnvironment({}, [], kept), {});
});
