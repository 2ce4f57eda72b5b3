import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../config.ts";
import { denoCheck, probeMachine } from "./probe_machine.ts";

Deno.test("denoCheck() fails every version with known escapes", () => {
  for (const version of ["2.9.5", "2.8.9", "1.46.3", "2.9", "2.9.5+abc", "0.0.0", "odd"]) {
    const { status, suggestion } = denoCheck(version);
    assert.equal(status, "fail", version);
    assert.match(suggestion ?? "", /2\.9\.6/);
  }
  for (const version of ["2.9.6", "2.9.10", "2.10.0", "3.0.0", "2.9.7-rc.1"]) {
    assert.equal(denoCheck(version).status, "ok", version);
  }
});

Deno.test("probeMachine() says what is missing, and fails on none of it", async () => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-doctor-" });
  try {
    const config = loadConfig({
      AIRLOCK_DATA_DIR: join(directory, "data"),
      // A port that nothing listens on.
      AIRLOCK_NPM_REGISTRY: "http://127.0.0.1:9/",
    });
    const report = await probeMachine(config, { PATH: "/nonexistent", HOME: directory });
    assert.equal(report.isolation, "permissions");
    const checks = new Map(report.checks.map((check) => [check.name, check]));
    assert.equal(checks.get("deno")?.status, "ok");
    for (const name of ["bubblewrap", "prlimit", "setpriv", "npm registry"]) {
      assert.equal(checks.get(name)?.status, "warn", name);
      assert.ok(checks.get(name)?.suggestion, name);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
