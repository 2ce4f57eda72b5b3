import { join } from "node:path";
import { DenoRuntime } from "../sandboxes/deno/deno_runtime.ts";
import { buildGuestPrograms } from "../sandboxes/deno/deno_programs.ts";
import { type IsolationReport, probeIsolation } from "../sandboxes/process/isolation.ts";
import { ISOLATION_LEVELS } from "../spec/sandbox.ts";
import { describeSandbox } from "./sandbox_conformance.ts";

const denoPath = Deno.execPath();
const searchPath = (Deno.env.get("PATH") ?? "").split(":");
const reports = new Map<string, IsolationReport>();
for (const level of ISOLATION_LEVELS) {
  reports.set(level, await probeIsolation({ denoPath, searchPath, atMost: level }));
}

let programs = "";
Deno.test.beforeAll(async () => {
  programs = await Deno.makeTempDir({ prefix: "airlock-guest-" });
  await buildGuestPrograms(programs);
});
Deno.test.afterAll(() => Deno.remove(programs, { recursive: true }));

for (const [level, isolation] of reports) {
  describeSandbox({
    name: `deno, ${level}`,
    skips: {},
    unavailable: unavailable(level, isolation),
    async open() {
      const runDirectory = await Deno.makeTempDir({ prefix: "airlock-run-" });
      const guestFile = join(programs, "guest.js");
      return {
        runtime: new DenoRuntime({ denoPath, isolation, guestFile, runDirectory }),
        runDirectory,
        [Symbol.asyncDispose]: () => Deno.remove(runDirectory, { recursive: true }),
      };
    },
  });
}

/** Where a level is not to be had it is skipped, but never in CI: there it would go unseen. */
function unavailable(level: string, isolation: IsolationReport): string | undefined {
  if (isolation.level === level) return undefined;
  const reason = isolation.findings.filter(({ ok }) => !ok)
    .map(({ tool, state }) => `${tool} ${state}`).join(", ");
  if (Deno.env.get("CI") !== "true") return reason;
  throw new Error(`Testing isolation ${level}: this machine lacks it, CI must have it: ${reason}`);
}
