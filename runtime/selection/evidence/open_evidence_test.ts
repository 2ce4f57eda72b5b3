import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryDirectory } from "../../../tests/support/sample_artifact.ts";
import { openEvidence } from "./open_evidence.ts";

const CALL = { runtime: "quickjs", startMs: 1.5, toolMs: 2.25, cold: true } as const;
const onFailure = (error: unknown) => assert.fail(String(error));

Deno.test("openEvidence() remembers across runs", async () => {
  await using directory = await temporaryDirectory();
  const options = { directory: directory.path, onFailure };
  {
    await using evidence = await openEvidence(options);
    for (let index = 0; index < 6; index += 1) evidence.book.note("a", CALL);
    evidence.book.prove("a", {
      ...{ runtime: "quickjs", tool: "t", state: "different", inputs: 2 },
      diff: "- 1",
    });
  }
  await using evidence = await openEvidence(options);
  const seen = evidence.book.evidenceOf("a").quickjs;
  assert.ok(seen !== undefined && seen.calls > 5.9);
  assert.deepEqual([seen.startMs, seen.toolMs, seen.coldMs], [1.5, 2.25, 1.5]);
  assert.equal(evidence.book.proofsOf("a")[0]?.diff, "- 1");
});

Deno.test("openEvidence() keeps what two gateways write to one directory", async () => {
  await using directory = await temporaryDirectory();
  const options = { directory: directory.path, onFailure };
  const [one, two] = [await openEvidence(options), await openEvidence(options)];
  one.book.note("of one", CALL);
  two.book.note("of two", CALL);
  await one[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
  await using both = await openEvidence(options);
  assert.ok(both.book.evidenceOf("of one").quickjs);
  assert.ok(both.book.evidenceOf("of two").quickjs);
});

Deno.test("openEvidence() starts anew where the file cannot be read", async () => {
  for (
    const text of ["", "{", "null", '{"formatVersion":2}', '{"formatVersion":1,"artifacts":[]}']
  ) {
    await using directory = await temporaryDirectory();
    const path = join(directory.path, "evidence.json");
    await Deno.writeTextFile(path, text);
    {
      await using evidence = await openEvidence({ directory: directory.path, onFailure });
      assert.deepEqual(evidence.book.evidenceOf("a"), {});
      evidence.book.note("a", CALL);
    }
    assert.match(await Deno.readTextFile(path), /"formatVersion":1/);
  }
});

Deno.test("openEvidence() survives being killed while it writes", async () => {
  await using directory = await temporaryDirectory();
  const program = `
    import { openEvidence } from ${JSON.stringify(import.meta.resolve("./open_evidence.ts"))};
    const evidence = await openEvidence({
      directory: ${JSON.stringify(directory.path)}, writeEveryMs: 1, onFailure: () => Deno.exit(9),
    });
    for (let index = 0;; index += 1) {
      evidence.book.note("a" + index % 400, ${JSON.stringify(CALL)});
      if (index === 500) console.log("going");
      if (index % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }`;
  const path = join(directory.path, "program.ts");
  await Deno.writeTextFile(path, program);
  for (const delayMs of [150, 40, 90]) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", configPath(), path],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.getReader();
    assert.equal((await reader.read()).done, false, "the writer has begun");
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    child.kill("SIGKILL");
    assert.equal((await child.status).signal, "SIGKILL");
    await reader.cancel();
    const stored = JSON.parse(await Deno.readTextFile(join(directory.path, "evidence.json")));
    assert.ok(Object.keys(stored.artifacts).length > 0);
    await using evidence = await openEvidence({ directory: directory.path, onFailure });
    assert.ok(evidence.book.evidenceOf("a0").quickjs);
  }
});

function configPath(): string {
  return new URL("../../../deno.json", import.meta.url).pathname;
}
