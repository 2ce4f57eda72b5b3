import assert from "node:assert/strict";
import { join } from "node:path";
import { probeIsolation } from "../sandboxes/process/isolation.ts";
import { buildQuickjsProgram } from "../sandboxes/quickjs/quickjs_program.ts";
import { QuickjsRuntime } from "../sandboxes/quickjs/quickjs_runtime.ts";
import { SnapshotStore } from "../sandboxes/quickjs/snapshot_store.ts";
import { answerOf, needOf } from "./conformance/conformance_bench.ts";

const FIXTURES = ["web_apis.mjs", "locale_apis.mjs", "web_edges.mjs"] as const;

Deno.test("web APIs and built-ins answer in QuickJS as they do natively", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-quickjs-" });
  const denoPath = Deno.execPath();
  const searchPath = (Deno.env.get("PATH") ?? "").split(":");
  const runtime = new QuickjsRuntime({
    denoPath,
    isolation: await probeIsolation({ denoPath, searchPath }),
    runDirectory: join(directory, "run"),
    loadProgram: () => buildQuickjsProgram(join(directory, "guest")),
    snapshots: new SnapshotStore({ directory: join(directory, "states"), maxBytes: 2 ** 28 }),
  });
  try {
    const codeDirectory = new URL("fixtures/", import.meta.url).pathname;
    for (const entry of FIXTURES) {
      await using sandbox = await runtime.create(needOf());
      await sandbox.load({ codeDirectory, entry, env: {}, overlapping: false, timeoutMs: 20_000 });
      const native: Record<string, () => unknown> = await import(`./fixtures/${entry}`);
      for (const [name, run] of Object.entries(native)) {
        await t.step(`${entry} ${name}`, async () => {
          const expected: unknown = JSON.parse(JSON.stringify(await run()));
          assert.deepEqual(await answerOf(sandbox, name), expected);
        });
      }
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
