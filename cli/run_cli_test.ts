import assert from "node:assert/strict";
import { AirlockError } from "../spec/errors.ts";
import { fakeCli } from "../tests/support/fake_cli.ts";

Deno.test("runCli() shows help and versions", async () => {
  const cli = fakeCli();
  assert.equal(await cli.run("--help"), 0);
  for (
    const name of ["serve", "exec", "describe", "cache", "bench", "doctor", "config", "version"]
  ) {
    assert.match(cli.output.out, new RegExp(`\\n  ${name} `));
  }
  const version = fakeCli();
  assert.equal(await version.run("version", "--json"), 0);
  assert.equal(JSON.parse(version.output.out).airlock, "1.2.3");
});

Deno.test("runCli() reports errors by their code, and bugs as internal", async () => {
  const refused = fakeCli({
    openEngine: () =>
      Promise.reject(new AirlockError("permission_denied", "probe isolation: too weak")),
  });
  assert.equal(await refused.run("exec", "a", "b"), 3);
  assert.match(refused.output.err, /probe isolation: too weak/);
  const broken = fakeCli({ openEngine: () => Promise.reject(new TypeError("bug")) });
  assert.equal(await broken.run("exec", "a", "b"), 5);
});

Deno.test("runCli() refuses every command that needs a faulty configuration", async () => {
  for (
    const args of [["exec", "a", "b"], ["describe", "a"], ["serve"], ["cache", "ls"], ["config"]]
  ) {
    const cli = fakeCli({ environment: { AIRLOCK_PROT: "1" } });
    assert.equal(await cli.run(...args), 2, args.join(" "));
    assert.match(cli.output.err, /did you mean AIRLOCK_PORT/);
  }
});

Deno.test("airlock config masks secrets", async () => {
  const cli = fakeCli({ environment: { AIRLOCK_API_KEY: "very-secret-key", AIRLOCK_PORT: "9" } });
  assert.equal(await cli.run("config"), 0);
  assert.match(cli.output.out, /AIRLOCK_PORT +9 /);
  assert.ok(!cli.output.out.includes("very-secret-key"));
  assert.equal(await cli.run("config", "--json"), 0);
  assert.ok(!cli.output.out.includes("very-secret-key"));
});

Deno.test("airlock describe lists tools", async () => {
  const cli = fakeCli();
  assert.equal(await cli.run("describe", "@scope/tools"), 0);
  assert.match(cli.output.out, /greet {2}Says hello/);
  assert.match(cli.output.out, /asks for +\{"net":\["api.example.com"\]\}/);
  assert.equal(cli.open.engines, 0);
});

Deno.test("airlock cache lists and prunes", async () => {
  const cli = fakeCli();
  assert.equal(await cli.run("cache", "ls"), 0);
  assert.ok(cli.output.out.indexOf("newer@2.0.0") < cli.output.out.indexOf("older@1.0.0"));
  assert.match(cli.output.out, /2 artifacts, 2\.5 KB/);
  assert.equal(await cli.run("cache", "prune"), 2);
  assert.equal(await cli.run("cache", "prune", "--max-size", "1GB", "--older-than", "7d"), 0);
  assert.equal(await cli.run("cache", "prune", "--all"), 0);
  assert.deepEqual(cli.pruned, [
    { maxBytes: 1024 ** 3, olderThanMs: 7 * 86_400_000 },
    { all: true },
  ]);
  const asJson = fakeCli();
  assert.equal(await asJson.run("cache", "prune", "--all", "--json"), 0);
  assert.deepEqual(JSON.parse(asJson.output.out), { removed: 1, freedBytes: 2048 });
});

Deno.test("airlock doctor fails where a check does, and examines the rest", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const environment = { AIRLOCK_DATA_DIR: directory };
    const fine = fakeCli({ environment });
    assert.equal(await fine.run("doctor"), 0, fine.output.out);
    assert.match(fine.output.out, /ok {3}data directory/);
    const failing = fakeCli({
      environment,
      checks: [{
        name: "registry",
        status: "fail",
        detail: "unreachable",
        suggestion: "Check it.",
      }],
    });
    assert.equal(await failing.run("doctor"), 4);
    assert.match(failing.output.out, /fail registry: unreachable\n {5}Check it\./);
    const file = `${directory}/file`;
    await Deno.writeTextFile(file, "");
    const unwritable = fakeCli({ environment: { AIRLOCK_DATA_DIR: `${file}/data` } });
    assert.equal(await unwritable.run("doctor", "--json"), 4);
    const { checks } = JSON.parse(unwritable.output.out);
    assert.ok(
      checks.some((check: { name: string; status: string }) =>
        check.name === "data directory" && check.status === "fail"
      ),
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("airlock bench passes arguments on and its code back", async () => {
  const seen: string[] = [];
  const cli = fakeCli({
    bench(args) {
      seen.push(...args);
      return Promise.resolve(7);
    },
  });
  assert.equal(await cli.run("bench", "calls", "--rounds", "3"), 7);
  assert.deepEqual(seen, ["calls", "--rounds", "3"]);
});
