import assert from "node:assert/strict";
import { join } from "node:path";
import deno from "./deno.json" with { type: "json" };
import { temporaryDirectory } from "./tests/support/sample_artifact.ts";

const MAIN = new URL("main.ts", import.meta.url);
const PASSED_ON = ["PATH", "HOME", "DENO_DIR", "NPM_CONFIG_USERCONFIG", "SSL_CERT_FILE"];

/** Runs the program with nothing of this environment but what Deno itself needs. */
async function run(args: readonly string[], environment: Record<string, string> = {}) {
  const own = Deno.env.toObject();
  const kept = PASSED_ON.flatMap((name) => own[name] === undefined ? [] : [[name, own[name]]]);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "--quiet", "-A", MAIN.href, ...args],
    clearEnv: true,
    env: { ...Object.fromEntries(kept), ...environment },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test("main.ts shows every command with --help", async () => {
  const { code, out, err } = await run(["--help"]);
  assert.equal(code, 0, err);
  const commands = ["serve", "exec", "describe", "cache", "bench", "doctor", "config", "version"];
  for (const name of commands) assert.match(out, new RegExp(`^  ${name} `, "m"));
  assert.equal(err, "");
});

Deno.test("main.ts ends with 2 where the command line is wrong, and writes only to stderr", async () => {
  for (const args of [["no-such-command"], ["exec", "only-a-package"], ["cache", "--no-such"]]) {
    const { code, out, err } = await run(args);
    assert.equal(code, 2, args.join(" "));
    assert.match(err, /airlock --help|error:/);
    assert.equal(out, "");
  }
});

Deno.test("main.ts prints its version, and those of what it runs on", async () => {
  const { code, out } = await run(["version"]);
  assert.equal(code, 0);
  assert.match(out, new RegExp(`^airlock ${RegExp.escape(deno.version)}$`, "m"));
  assert.match(out, new RegExp(`^deno ${RegExp.escape(Deno.version.deno)}$`, "m"));
  const { out: flag } = await run(["--version"]);
  assert.equal(flag, `${deno.version}\n`);
});

Deno.test("main.ts ends in silence when nobody reads on", async () => {
  const script = '"$0" run --frozen --quiet -A "$1" config --json | true; exit "${PIPESTATUS[0]}"';
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", script, Deno.execPath(), MAIN.pathname],
  }).output();
  const decoder = new TextDecoder();
  assert.deepEqual([decoder.decode(stdout), decoder.decode(stderr), code], ["", "", 0]);
});

Deno.test("main.ts config --json shows the environment it was given, secrets masked", async () => {
  const { code, out } = await run(["config", "--json"], {
    AIRLOCK_PORT: "9000",
    AIRLOCK_API_KEY: "very-secret-key",
  });
  assert.equal(code, 0);
  assert.ok(!out.includes("very-secret-key"));
  const rows: { name: string; value: string; source: string }[] = JSON.parse(out);
  const shown = (name: string) => {
    const row = rows.find((one) => one.name === name);
    return [row?.value, row?.source];
  };
  assert.deepEqual(shown("AIRLOCK_PORT"), ["9000", "environment"]);
  assert.deepEqual(shown("AIRLOCK_API_KEY"), ["********", "environment"]);
  assert.deepEqual(shown("AIRLOCK_HOST"), ["127.0.0.1", "default"]);
});

Deno.test("main.ts names every fault of the environment at once, and no value", async () => {
  const { code, err } = await run(["serve"], {
    AIRLOCK_PORT: "s3cret-port",
    AIRLOCK_PROT: "1",
    AIRLOCK_DEFAULT_NET: "https://s3cret-host",
  });
  assert.equal(code, 2);
  assert.match(err, /read configuration: 3 faults/);
  assert.match(err, /AIRLOCK_PORT needs a whole number from 0 to 65535/);
  assert.match(err, /AIRLOCK_PROT is not known; did you mean AIRLOCK_PORT/);
  assert.match(err, /AIRLOCK_DEFAULT_NET needs none, public/);
  assert.ok(!err.includes("s3cret"));
});

Deno.test("main.ts opens the cache of the configured data directory", async () => {
  await using temporary = await temporaryDirectory();
  const data = join(temporary.path, "data");
  const { code, out, err } = await run(["cache", "ls", "--json"], { AIRLOCK_DATA_DIR: data });
  assert.equal(code, 0, err);
  assert.deepEqual(JSON.parse(out), []);
  assert.ok((await Deno.stat(join(data, "store"))).isDirectory);
});
