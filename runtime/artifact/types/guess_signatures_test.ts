import assert from "node:assert/strict";
import type { FetchedPackage } from "../../../spec/artifact.ts";
import { AirlockError } from "../../../spec/errors.ts";
import type { JsonSchema } from "../../../spec/json.ts";
import type { GuessSubject, SchemaGuesser } from "../../../spec/schema_guesser.ts";
import type { ToolDefinition } from "../../../spec/tool.ts";
import { sampleManifest, sampleResolved } from "../../../tests/support/sample_artifact.ts";
import { makeManifest } from "../manifest.ts";
import { guessSignatures } from "./guess_signatures.ts";

const SCHEMA: JsonSchema = { type: "object", properties: { text: { type: "string" } } };
const FETCHED: FetchedPackage = {
  resolved: sampleResolved(),
  ...{ directory: "/none", entry: "/none/index.js", packageJson: {} },
  lock: { packages: {}, modules: {} },
  ...{ networkMs: 0, downloadedBytes: 0 },
};

function tool(name: string, more: Partial<ToolDefinition> = {}): ToolDefinition {
  return { ...sampleManifest().tools[0]!, name, ...more };
}

const TOOLS = [tool("silent"), tool("typed"), tool("own", { inputSchema: SCHEMA })];

function guess(
  guesser: SchemaGuesser | undefined,
  signal = new AbortController().signal,
  fetched = FETCHED,
) {
  return guessSignatures(fetched, {
    ...{ guesser, signal },
    typed: {
      report: { tools: TOOLS, otherExports: [], warnings: [] },
      signatures: { typed: { description: "", inputSchema: SCHEMA, warnings: [] } },
    },
  });
}

Deno.test("guessSignatures() asks only of what nobody describes, and says that it is a guess", async () => {
  const asked: GuessSubject[] = [];
  const { report, signatures } = await guess({
    guess(subject) {
      asked.push(subject);
      return Promise.resolve({ properties: { text: "str" } });
    },
  });
  assert.deepEqual(asked.map(({ toolName }) => toolName), ["silent"]);
  const manifest = makeManifest({
    ...{ resolved: FETCHED.resolved, packageJson: {}, report, signatures, verdicts: [] },
    built: {
      ...{ form: "bundle", entry: "bundle.mjs", warnings: [] },
      uses: { nodeBuiltins: [], globals: [], env: [] },
    },
  });
  const strategies = manifest.tools.map(({ name, schemaStrategy }) => [name, schemaStrategy]);
  assert.deepEqual(strategies, [["silent", "model"], ["typed", "typescript"], ["own", "none"]]);
  // Its answer is mended as anybody's is.
  assert.deepEqual(manifest.tools[0]?.inputSchema, SCHEMA);
});

Deno.test("attack: guessSignatures() tells nobody of what an account brought", async () => {
  const guesser = { guess: () => Promise.reject(new Error("asked")) };
  for (const source of ["inline", "wasm"] as const) {
    const fetched = { ...FETCHED, resolved: sampleResolved({ source }) };
    const { signatures } = await guess(guesser, undefined, fetched);
    assert.deepEqual(Object.keys(signatures), ["typed"]);
  }
});

Deno.test("guessSignatures() asks nobody where nobody is set", async () => {
  const { signatures } = await guess(undefined);
  assert.deepEqual(Object.keys(signatures), ["typed"]);
});

Deno.test("guessSignatures() goes without an answer, and stops when told to", async () => {
  const failing: SchemaGuesser = {
    guess: () => Promise.reject(new AirlockError("upstream_failed", "Guessing: it is away")),
  };
  const { report, signatures } = await guess(failing);
  assert.deepEqual(report.warnings, ["schema not guessed: Guessing: it is away"]);
  assert.deepEqual(Object.keys(signatures), ["typed"]);
  const stopped = AbortSignal.abort(new Error("stopped"));
  await assert.rejects(guess(failing, stopped), /stopped/);
  assert.deepEqual(
    Object.keys((await guess({ guess: () => Promise.resolve(null) })).signatures),
    ["typed"],
  );
});
