import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { RunDirectory } from "./run_directory.ts";

async function baseDirectory() {
  const path = await Deno.makeTempDir({ prefix: "airlock-base-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

function namesIn(path: string): string[] {
  return Array.from(Deno.readDirSync(path), ({ name }) => name).sort();
}

Deno.test("RunDirectory.open() makes a private directory that disposing removes", async () => {
  await using base = await baseDirectory();
  const nested = join(base.path, "a", "b");
  {
    await using run = await RunDirectory.open(nested);
    assert.equal((await Deno.stat(run.path)).mode! & 0o777, 0o700);
    await Deno.mkdir(join(run.path, "sandbox", "code"), { recursive: true });
    assert.deepEqual(namesIn(nested), [basename(run.path), `${basename(run.path)}.lock`]);
  }
  assert.deepEqual(namesIn(nested), []);
});

Deno.test("RunDirectory.open() sweeps what a dead gateway left, and nothing of a live one", async () => {
  await using base = await baseDirectory();
  await Deno.mkdir(join(base.path, "dead", "code"), { recursive: true });
  await Deno.writeTextFile(join(base.path, "dead", "code", "bundle.mjs"), "");
  await Deno.writeTextFile(join(base.path, "dead.lock"), "");
  await Deno.writeTextFile(join(base.path, "halfway.lock"), "");
  await Deno.writeTextFile(join(base.path, "notes.txt"), "not ours");
  await using alive = await RunDirectory.open(base.path);
  await Deno.writeTextFile(join(alive.path, "kept"), "");
  await using other = await RunDirectory.open(base.path);
  const expected = [alive, other].flatMap(({ path }) => [basename(path), `${basename(path)}.lock`]);
  assert.deepEqual(namesIn(base.path), [...expected, "notes.txt"].sort());
  assert.deepEqual(namesIn(alive.path), ["kept"]);
});

Deno.test("RunDirectory.open() sweeps after a gateway that was killed", async () => {
  await using base = await baseDirectory();
  const script = `
    import { RunDirectory } from ${JSON.stringify(import.meta.resolve("./run_directory.ts"))};
    const run = await RunDirectory.open(${JSON.stringify(base.path)});
    console.log(run.path);
    await new Promise((resolve) => setTimeout(resolve, 60_000));`;
  const owner = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", script],
    stdout: "piped",
  }).spawn();
  const reader = owner.stdout.getReader();
  const path = new TextDecoder().decode((await reader.read()).value).trim();
  {
    await using _run = await RunDirectory.open(base.path);
    assert.ok(namesIn(base.path).includes(basename(path)), "its owner lives");
  }
  owner.kill("SIGKILL");
  await owner.status;
  await reader.cancel();
  await using run = await RunDirectory.open(base.path);
  assert.deepEqual(namesIn(base.path), [basename(run.path), `${basename(run.path)}.lock`]);
});

Deno.test("RunDirectory.open() may be called by many at once", async () => {
  await using base = await baseDirectory();
  const runs = await Promise.all(Array.from({ length: 20 }, () => RunDirectory.open(base.path)));
  for (const run of runs) {
    assert.deepEqual(namesIn(run.path), []);
    assert.equal((await Deno.stat(`${run.path}.lock`)).isFile, true);
  }
  await Promise.all(runs.map((run) => run[Symbol.asyncDispose]()));
  assert.deepEqual(namesIn(base.path), []);
});
