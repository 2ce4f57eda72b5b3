import assert from "node:assert/strict";
import { runSteps, STEPS } from "./ok.ts";

Deno.test("runSteps() runs all steps, prints what failed and exits with 1", async () => {
  const lines: string[] = [];
  const code = await runSteps({
    cwd: Deno.cwd(),
    print: (line) => lines.push(line),
    steps: [
      { name: "good", args: ["eval", "console.log('quiet')"] },
      { name: "bad", args: ["eval", "console.log('out'); console.error('err'); Deno.exit(3)"] },
      { name: "later", args: ["eval", ""] },
    ],
  });
  assert.equal(code, 1);
  assert.match(
    lines.join("\n"),
    /^ok +good +[\d.]+ s\nout\nerr\nFAILED bad .*\nok +later .*\nnot ok: bad$/,
  );
});

Deno.test("runSteps() exits with 0 when all is well", async () => {
  const steps = [{ name: "good", args: ["eval", ""] }];
  assert.equal(await runSteps({ cwd: Deno.cwd(), print: () => {}, steps }), 0);
});

Deno.test("STEPS go from cheap to dear", () => {
  const names = STEPS.map(({ name }) => name);
  assert.deepEqual(names, ["format", "lint", "types", "layers", "style", "tests"]);
});
