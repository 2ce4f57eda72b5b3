import assert from "node:assert/strict";
import type { ExecutionResult } from "../../spec/execution.ts";
import { TestWorld } from "../support/test_world.ts";
import { whyAbsent } from "./attack_range.ts";

const absent = await whyAbsent("bubblewrap");
const ignore = absent !== null;

const SCRATCH = `
import fs from "node:fs";
import os from "node:os";
const at = (name) => os.tmpdir() + "/" + name;
export const keep = ({ text }) => {
  const before = fs.readdirSync(os.tmpdir());
  fs.writeFileSync(at("kept"), text);
  return { before, read: fs.readFileSync(at("kept"), "utf8") };
};
export const fill = () => {
  const piece = new Uint8Array(1024 * 1024);
  let written = 0, refusal = "";
  for (let file = 0; file < 8 && written < 1024; file++) {
    try {
      const handle = fs.openSync(at("full" + file), "w");
      for (let i = 0; i < 200; i++) { fs.writeSync(handle, piece); written++; }
    } catch (error) { refusal = error.code ?? error.name; }
  }
  return { written, refusal };
};
export const many = () => {
  let made = 0;
  try { for (; made < 200_000; made++) fs.writeFileSync(at("n" + made), ""); }
  catch (error) { return { made, refusal: error.code ?? error.name }; }
  return { made, refusal: "" };
};
export const leave = ({ secret }) => {
  const told = {};
  const attempts = {
    symlink: () => { fs.symlinkSync(secret, at("link")); return fs.readFileSync(at("link"), "utf8"); },
    denoSymlink: () => { Deno.symlinkSync(secret, at("link2")); return Deno.readTextFileSync(at("link2")); },
    relative: () => { fs.symlinkSync("../".repeat(20) + secret.slice(1), at("link3")); return fs.readFileSync(at("link3"), "utf8"); },
    directory: () => { fs.symlinkSync("/", at("root")); return fs.readFileSync(at("root" + secret), "utf8"); },
    hardLink: () => { fs.linkSync(secret, at("hard")); return fs.readFileSync(at("hard"), "utf8"); },
    parent: () => fs.readFileSync(os.tmpdir() + "/../".repeat(20) + secret, "utf8"),
    write: () => { fs.writeFileSync(secret, "changed"); return "changed"; },
    writeByLink: () => { fs.symlinkSync(secret, at("link4")); fs.writeFileSync(at("link4"), "x"); return "changed"; },
    copy: () => { fs.copyFileSync(secret, at("copy")); return fs.readFileSync(at("copy"), "utf8"); },
    rename: () => { fs.renameSync(secret, at("moved")); return "moved"; },
    run: () => { fs.writeFileSync(at("x.sh"), "#!/bin/sh\\nid", { mode: 0o755 }); return new Deno.Command(at("x.sh")).outputSync().code; },
    load: () => { fs.writeFileSync(at("x.node"), "\\x7fELF"); process.dlopen({}, at("x.node")); return "loaded"; },
  };
  for (const [name, work] of Object.entries(attempts)) {
    try { told[name] = String(work()); } catch { told[name] = null; }
  }
  return told;
};
export const imported = async ({ secret }) => {
  fs.writeFileSync(at("m.mjs"), \`import text from "file://\${secret}" with { type: "text" }; export default text;\`);
  try { return (await import("file://" + at("m.mjs"))).default; } catch (error) { return null; }
};`;

function output(result: ExecutionResult) {
  assert.ok(result.success, JSON.stringify(result));
  return result.output;
}

async function openScratch(): Promise<TestWorld> {
  const world = await TestWorld.open({
    env: { AIRLOCK_ALLOW_FS_TMP: "true", AIRLOCK_MAX_TIMEOUT_MS: "120000" },
  });
  await world.publish("scratch", SCRATCH);
  return world;
}

function call(
  world: TestWorld,
  name: string,
  more: Parameters<TestWorld["call"]>[0] | object = {},
) {
  return world.call({
    packageName: "scratch",
    name,
    permissions: { fs: "tmp" },
    limits: { timeoutMs: 120_000 },
    ...more,
  });
}

Deno.test({
  name: "a private directory is private and vanishes",
  ignore,
  fn: async () => {
    await using world = await openScratch();
    const perCall = { isolation: "per-call", params: { text: "mine" } } as const;
    const first = output(await call(world, "keep", perCall));
    assert.deepEqual(first, { before: [], read: "mine" });
    assert.deepEqual(output(await call(world, "keep", perCall)), first);
    // A warm sandbox keeps it, for its own tenant alone.
    const warm = { params: { text: "mine" } };
    assert.deepEqual(output(await call(world, "keep", warm)), first);
    const again = await call(world, "keep", warm);
    // On a busy machine the pool may have ended the first one.
    const before = again.meta.start === "preloaded" ? ["kept"] : [];
    assert.deepEqual(output(again), { before, read: "mine" });
    const request = { packageName: "scratch", name: "keep", permissions: { fs: "tmp" } } as const;
    const stranger = await world.call({ ...request, ...warm }, { tenant: "stranger" });
    assert.deepEqual(output(stranger), first);
  },
});

Deno.test({
  name: "a private directory is bounded in bytes and files",
  ignore,
  fn: async () => {
    await using world = await openScratch();
    const filled = await call(world, "fill");
    const told = output(filled);
    assert.ok(typeof told === "object" && told !== null && "written" in told && "refusal" in told);
    const { written, refusal } = told;
    assert.ok(typeof written === "number" && written >= 32 && written <= 64, JSON.stringify(told));
    assert.match(String(refusal), /ENOSPC|EFBIG|Error/);
    const crowded = await call(world, "many");
    assert.ok(!crowded.success, JSON.stringify(crowded));
    assert.equal(crowded.code, "resource_limit");
    assert.match(crowded.error, /files in its directory/);
  },
});

Deno.test({
  name: "nothing leads out of a private directory",
  ignore,
  fn: async () => {
    await using world = await openScratch();
    const secret = `${world.directory}/secret.txt`;
    await Deno.writeTextFile(secret, "secret");
    const told = output(await call(world, "leave", { params: { secret } }));
    assert.ok(typeof told === "object" && told !== null);
    assert.deepEqual(
      Object.values(told),
      Object.values(told).map(() => null),
      JSON.stringify(told),
    );
    assert.equal(output(await call(world, "imported", { params: { secret } })), null);
    assert.equal(await Deno.readTextFile(secret), "secret");
  },
});

Deno.test("where a private directory cannot be bounded it is refused", async () => {
  await using world = await TestWorld.open({
    env: { AIRLOCK_ALLOW_FS_TMP: "true" },
    isolationAtMost: "rlimits",
  });
  await world.publish("scratch", SCRATCH);
  const refused = await call(world, "fill");
  assert.ok(!refused.success, JSON.stringify(refused));
  assert.equal(refused.code, "no_runtime");
  assert.match(
    refused.meta.refusals.map(({ reason }) => reason).join() + refused.error,
    /private directory/,
  );
});

Deno.test("without the grant, or against policy, there is no private directory", async () => {
  await using world = await TestWorld.open({ env: { AIRLOCK_ALLOW_FS_TMP: "false" } });
  await world.publish("scratch", SCRATCH);
  const plain = await world.call({ packageName: "scratch", name: "keep", params: { text: "x" } });
  assert.ok(!plain.success, JSON.stringify(plain));
  const denied = await call(world, "keep", { params: { text: "x" } });
  assert.ok(!denied.success);
  assert.equal(denied.code, "permission_denied");
  assert.match(denied.suggestion ?? "", /AIRLOCK_ALLOW_FS_TMP/);
});
