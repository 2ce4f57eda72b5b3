import { join } from "node:path";
import { probeIsolation } from "../sandboxes/process/isolation.ts";
import { buildQuickjsProgram, type QuickjsProgram } from "../sandboxes/quickjs/quickjs_program.ts";
import { QuickjsRuntime } from "../sandboxes/quickjs/quickjs_runtime.ts";
import { SnapshotStore } from "../sandboxes/quickjs/snapshot_store.ts";
import { quickjsRules } from "./quickjs_rules.ts";
import { describeSandbox } from "./sandbox_conformance.ts";

const denoPath = Deno.execPath();
const searchPath = (Deno.env.get("PATH") ?? "").split(":");
const isolation = await probeIsolation({ denoPath, searchPath });

let directory = "";
let program: QuickjsProgram | null = null;
Deno.test.beforeAll(async () => {
  directory = await Deno.makeTempDir({ prefix: "airlock-quickjs-" });
  program = await buildQuickjsProgram(join(directory, "guest"));
});
Deno.test.afterAll(() => Deno.remove(directory, { recursive: true }));

const NO_DENO = "there is no Deno namespace, and nothing writes to the output of the process";
const INSTANCE_ENDS = "the instance of a call ends with it, and all that it left behind";

describeSandbox({
  name: `quickjs, ${isolation.level}`,
  rules: quickjsRules,
  skips: {
    "text written past the console arrives as stdout and stderr": NO_DENO,
    "raw output is bounded like logs, and a flood ends the call": NO_DENO,
    "a tool cannot answer for another call, or twice": NO_DENO,
    "private files vanish with the sandbox": "there are no files: selection refuses fs",
    "a request after the call has ended is refused": INSTANCE_ENDS,
    "an error that nobody handles spoils the sandbox, not the gateway": INSTANCE_ENDS,
  },
  async open() {
    const runDirectory = await Deno.makeTempDir({ prefix: "airlock-run-" });
    return {
      runtime: new QuickjsRuntime({
        denoPath,
        isolation,
        runDirectory,
        loadProgram: () => Promise.resolve(program!),
        snapshots: new SnapshotStore({ directory: join(directory, "states"), maxBytes: 2 ** 30 }),
      }),
      runDirectory,
      [Symbol.asyncDispose]: () => Deno.remove(runDirectory, { recursive: true }),
    };
  },
});
