import assert from "node:assert/strict";
import { join } from "node:path";
import { buildGuestPrograms } from "../sandboxes/deno/deno_programs.ts";
import { DenoRuntime } from "../sandboxes/deno/deno_runtime.ts";
import { probeIsolation } from "../sandboxes/process/isolation.ts";
import { AirlockError } from "../spec/errors.ts";
import { createTypeReader, TYPE_LIMITS } from "./create_type_reader.ts";

let directory = "";
let runtime: DenoRuntime;
Deno.test.beforeAll(async () => {
  directory = await Deno.makeTempDir({ prefix: "airlock-types-" });
  const { guestFile } = await buildGuestPrograms(join(directory, "guest"));
  const denoPath = Deno.execPath();
  const searchPath = (Deno.env.get("PATH") ?? "").split(":");
  const isolation = await probeIsolation({ denoPath, searchPath });
  const runDirectory = join(directory, "run");
  await Deno.mkdir(runDirectory);
  runtime = new DenoRuntime({ denoPath, isolation, guestFile, runDirectory });
});
Deno.test.afterAll(() => Deno.remove(directory, { recursive: true }));

function read(text: string, limits = TYPE_LIMITS) {
  const reader = createTypeReader({ runtime, directory: join(directory, "program"), limits });
  const request = { files: { "/index.d.ts": text }, entry: "/index.d.ts", tools: ["tool"] };
  return reader(request, { signal: new AbortController().signal });
}

Deno.test("createTypeReader() reads declarations in a sandbox", async () => {
  const report = await read("export declare function tool(text: string): void;");
  assert.deepEqual(report.tool?.positional, ["text"]);
});

/** Types that make TypeScript work, write or nest without end. */
const HOSTILE: Readonly<Record<string, string>> = {
  "endless recursion": `
    type Count<N extends any[]> = N["length"] extends 99999 ? N : Count<[...N, ...N, 0]>;
    export declare function tool(input: { a: Count<[]> }): void;`,
  "a union that multiplies": `
    type D = "0"|"1"|"2"|"3"|"4"|"5"|"6"|"7"|"8"|"9";
    export declare function tool(input: { a: \`\${D}\${D}\${D}\${D}\${D}\${D}\${D}\${D}\` }): void;`,
  "a type that grows with its depth": `
    interface Box<T> { left: Box<Box<T>>; right: Box<T[]>; value: T }
    export declare function tool(input: Box<string>): void;`,
  "deep brackets": `export declare function tool(input: ${"[".repeat(50_000)}): void;`,
  "deep generics": `type A<T> = T; export declare function tool(input: ${
    "A<".repeat(20_000)
  }string${">".repeat(20_000)}): void;`,
  "many overloads and members": `export declare function tool(input: {${
    Array.from({ length: 30_000 }, (_, index) => `p${index}: { q: string };`).join("")
  }}): void;`,
  "no language at all": "\u0000\u202e".repeat(100_000),
};

for (const [what, text] of Object.entries(HOSTILE)) {
  Deno.test(`createTypeReader() ends on ${what}`, async () => {
    const limits = { ...TYPE_LIMITS, timeoutMs: 10_000 };
    const outcome = await read(text, limits).catch((error: unknown) => error);
    if (outcome instanceof Error) {
      assert.ok(outcome instanceof AirlockError, String(outcome));
      assert.ok(
        ["deadline_exceeded", "resource_limit", "tool_error"].includes(outcome.code),
        outcome.code,
      );
      return;
    }
    assert.ok(JSON.stringify(outcome).length < 256 * 1024, "a bounded answer");
  });
}

Deno.test("createTypeReader() is stopped from outside when its time is over", async () => {
  const limits = { ...TYPE_LIMITS, timeoutMs: 1 };
  await assert.rejects(
    read("export declare function tool(text: string): void;", limits),
    (error) => error instanceof AirlockError && error.code === "deadline_exceeded",
  );
});
