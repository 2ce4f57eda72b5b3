import assert from "node:assert/strict";
import type { ExecutionRequest } from "../../spec/execution.ts";
import { TestWorld } from "../support/test_world.ts";

const READER = `export const all = () => ({
  node: { ...process.env },
  deno: Deno.env.toObject(),
  polluted: ({}).polluted ?? null,
  proto: Object.getPrototypeOf({}) === Object.prototype,
});`;

/** Names that configure Deno, Node, the loader or a shell, and names that are none. */
const REFUSED_NAMES: readonly string[] = [
  ...["DENO_DIR", "DENO_AUDIT_PERMISSIONS", "DENO_TRACE_PERMISSIONS", "DENO_AUTH_TOKENS"],
  ...["DENO_PERMISSION_BROKER_PATH", "DENO_CERT", "DENO_V8_FLAGS", "DENO_NODE_PATH", "deno_dir"],
  ...["NODE_OPTIONS", "node_options", "Node_Options", "NODE_PATH", "NODE_EXTRA_CA_CERTS"],
  ...["NODE_TLS_REJECT_UNAUTHORIZED", "NODE_V8_COVERAGE", "NODE_DEBUG", "NODE_CHANNEL_FD"],
  ...["NPM_CONFIG_REGISTRY", "npm_config_registry", "LD_PRELOAD", "ld_preload", "LD_LIBRARY_PATH"],
  ...["LD_AUDIT", "DYLD_INSERT_LIBRARIES", "PATH", "path", "HOME", "SHELL", "IFS", "ENV"],
  ...["BASH_ENV", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE"],
  ...["SSLKEYLOGFILE", "GLIBC_TUNABLES", "MALLOC_CONF", "AIRLOCK_MASTER_KEY", "TMPDIR"],
  ...["RUST_LOG", "RUST_BACKTRACE", "OPENSSL_CONF", "GCONV_PATH", "LOCPATH"],
  ...["", "1A", "A-B", "A.B", "A B", "A=B", "A\0B", "A\nB", "A\r", "Ａ", "é", "A".repeat(129)],
];

/** Names that JavaScript itself could stumble over; plain data, so they may pass as such. */
const ODD_NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "hasOwnProperty",
  "toString",
  "valueOf",
];

function envOf(name: string, value: string): ExecutionRequest["env"] {
  // `{ __proto__: … }` would set the prototype instead.
  return Object.fromEntries([[name, value]]);
}

Deno.test("names of env that would configure the sandbox are refused, without their value", async () => {
  await using world = await TestWorld.open();
  await world.publish("reader", READER);
  for (const name of REFUSED_NAMES) {
    const env = envOf(name, "value-to-hide");
    const result = await world.call({ packageName: "reader", name: "all", env });
    assert.ok(!result.success, `${name} was accepted`);
    assert.equal(result.code, "invalid_input", name);
    assert.doesNotMatch(JSON.stringify(result), /value-to-hide/);
  }
});

Deno.test("odd names of env are data and nothing else", async () => {
  await using world = await TestWorld.open();
  await world.publish("reader", READER);
  for (const name of ODD_NAMES) {
    const result = await world.call({ packageName: "reader", name: "all", env: envOf(name, "v") });
    if (!result.success) {
      assert.equal(result.code, "invalid_input", JSON.stringify(result));
      continue;
    }
    const { output } = result;
    assert.ok(typeof output === "object" && output !== null && "deno" in output);
    assert.ok("polluted" in output && output.polluted === null && "proto" in output);
    assert.equal(output.proto, true);
  }
  // Keeps what values hold as they are: nothing is a second variable.
  const env = { A: "1\nB=2\0C=3" };
  const result = await world.call({ packageName: "reader", name: "all", env });
  assert.ok(result.success);
  assert.deepEqual(result.output, { node: env, deno: env, polluted: null, proto: true });
});

Deno.test("a tool sees the values sent for it, and nothing of the gateway", async () => {
  await using world = await TestWorld.open();
  await world.publish("reader", READER);
  const none = await world.call({ packageName: "reader", name: "all" });
  assert.ok(none.success, JSON.stringify(none));
  assert.deepEqual(none.output, { node: {}, deno: {}, polluted: null, proto: true });
  await world.publish("declared", READER, {
    packageJson: { tpmjs: { env: [{ name: "KEY", description: "a key", required: true }] } },
  });
  const env = { KEY: "mine", OTHER: "not declared" };
  const some = await world.call({ packageName: "declared", name: "all", env });
  assert.ok(some.success, JSON.stringify(some));
  assert.deepEqual(some.output, {
    node: { KEY: "mine" },
    deno: { KEY: "mine" },
    polluted: null,
    proto: true,
  });
});

Deno.test("a package cannot declare itself a name that is refused", async () => {
  await using world = await TestWorld.open();
  const names = ["NODE_OPTIONS", "LD_PRELOAD", "PATH", "__proto__"];
  await world.publish("declarer", READER, {
    packageJson: { tpmjs: { env: names.map((name) => ({ name, required: false, default: "x" })) } },
  });
  const result = await world.call({ packageName: "declarer", name: "all" });
  if (!result.success) return assert.equal(result.code, "artifact_failed", JSON.stringify(result));
  const { output } = result;
  assert.ok(typeof output === "object" && output !== null && "node" in output);
  for (const name of ["NODE_OPTIONS", "LD_PRELOAD", "PATH"]) {
    assert.ok(!JSON.stringify(output).includes(`"${name}"`), JSON.stringify(output));
  }
});
