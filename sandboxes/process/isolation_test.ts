import assert from "node:assert/strict";
import { join } from "node:path";
import { probeIsolation } from "./isolation.ts";

/** A directory with programs that are shell scripts. */
async function toolDirectory(scripts: Readonly<Record<string, string>>) {
  const path = await Deno.makeTempDir({ prefix: "airlock-tools-" });
  for (const [name, script] of Object.entries(scripts)) {
    await Deno.writeTextFile(join(path, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

const denoPath = Deno.execPath();
/** Leaves out its own arguments and runs what follows, as the real programs do. */
const RUNS = `while [ "$1" != "${denoPath}" ] && [ "$1" != /airlock/deno ]; do shift; done; exit 0`;
const FAILS = `echo "setting up uid map: Permission denied" >&2; echo "more" >&2; exit 1`;

Deno.test("probeIsolation() finds nothing where nothing is installed", async () => {
  await using tools = await toolDirectory({});
  const report = await probeIsolation({ denoPath, searchPath: [tools.path, "/nonexistent"] });
  assert.equal(report.level, "permissions");
  assert.deepEqual([report.tools.bwrap, report.tools.prlimit, report.tools.setpriv], [
    null,
    null,
    null,
  ]);
  for (const { ok, state, suggestion } of report.findings) {
    assert.deepEqual([ok, state], [false, "not installed"]);
    assert.match(suggestion ?? "", /Install/);
  }
});

Deno.test("probeIsolation() takes a program that fails for an absent one, and says why", async () => {
  await using tools = await toolDirectory({ prlimit: RUNS, setpriv: RUNS, bwrap: FAILS });
  const report = await probeIsolation({ denoPath, searchPath: [tools.path] });
  assert.equal(report.level, "rlimits");
  assert.equal(report.tools.bwrap, null);
  assert.equal(report.tools.prlimit, join(tools.path, "prlimit"));
  const finding = report.findings.find(({ tool }) => tool === "bubblewrap");
  assert.equal(
    finding?.state,
    "present but fails here: setting up uid map: Permission denied",
  );
  assert.match(finding?.suggestion ?? "", /user namespaces/);
});

Deno.test("probeIsolation() reports no bubblewrap without resource limits", async () => {
  await using tools = await toolDirectory({ bwrap: RUNS, setpriv: RUNS, prlimit: FAILS });
  const report = await probeIsolation({ denoPath, searchPath: [tools.path] });
  assert.equal(report.level, "permissions");
  assert.equal(report.tools.bwrap, null);
});

Deno.test("probeIsolation() reports no more than it is told to", async () => {
  await using tools = await toolDirectory({ bwrap: RUNS, setpriv: RUNS, prlimit: RUNS });
  const searchPath = [tools.path];
  const levels = ["permissions", "rlimits", "bubblewrap"] as const;
  for (const atMost of levels) {
    const report = await probeIsolation({ denoPath, searchPath, atMost });
    assert.equal(report.level, atMost);
    assert.equal(report.tools.bwrap !== null, atMost === "bubblewrap");
    assert.equal(report.tools.prlimit !== null, atMost !== "permissions");
  }
});

Deno.test("probeIsolation() is not fooled by a program that cannot be started", async () => {
  await using tools = await toolDirectory({});
  await Deno.mkdir(join(tools.path, "bwrap"));
  await Deno.writeTextFile(join(tools.path, "prlimit"), "not a program", { mode: 0o644 });
  const report = await probeIsolation({ denoPath, searchPath: [tools.path] });
  assert.equal(report.level, "permissions");
  const states = new Map(report.findings.map(({ tool, state }) => [tool, state]));
  assert.equal(states.get("bubblewrap"), "not installed");
  assert.match(states.get("prlimit") ?? "", /present but fails here/);
});
