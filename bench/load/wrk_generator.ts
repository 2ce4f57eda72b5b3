import type { LoadGenerator, LoadResult } from "./load_generator.ts";

/** Sends the body in the file named by the first argument, and prints what wrk counted as JSON. */
const SCRIPT = `
function init(args)
  local file = io.open(args[1])
  wrk.method = "POST"
  wrk.body = file:read("*a")
  wrk.headers["content-type"] = "application/json"
  file:close()
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\n{"perSecond":%f,"p50Ms":%f,"p95Ms":%f,"failures":%d}\\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
    latency:percentile(95) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`;

/** The load generator wrk, where it is installed; else `null`. It costs less than the built-in one. */
export async function findWrk(): Promise<LoadGenerator | null> {
  try {
    await new Deno.Command("wrk", { args: ["-v"], stdout: "null", stderr: "null" }).output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  return {
    name: "wrk",
    async run(plan): Promise<LoadResult> {
      const directory = await Deno.makeTempDir({ prefix: "airlock-bench-wrk-" });
      try {
        await Deno.writeTextFile(`${directory}/script.lua`, SCRIPT);
        await Deno.writeTextFile(`${directory}/body.json`, plan.body);
        const { code, stdout } = await new Deno.Command("wrk", {
          args: ["-t1", `-c${plan.connections}`, `-d${Math.ceil(plan.durationMs / 1_000)}s`]
            .concat("-s", `${directory}/script.lua`, plan.url, "--", `${directory}/body.json`),
          stderr: "null",
        }).output();
        if (code !== 0) throw new Error(`run load: wrk ended with ${code}`);
        const lines = new TextDecoder().decode(stdout).trim().split("\n");
        return JSON.parse(lines.at(-1) ?? "");
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  };
}
