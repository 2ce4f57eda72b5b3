import type { ProbeReport } from "../../spec/sandbox.ts";
import type { EngineModules } from "./guest_engine.ts";
import type { GuestImage } from "./guest_image.ts";
import { GuestInstance } from "./guest_instance.ts";
import { LoadFailure } from "./guest_prepare.ts";
import type { GuestSources } from "./guest_sources.ts";

const DESCRIBE_MEMORY_BYTES = 256 * 1024 * 1024;
/** The gateway's own deadline is shorter. */
const DESCRIBE_MS = 60_000;

/** Lists the tools of a loaded module, in an instance of its own. @throws {LoadFailure} */
export async function describeImage(
  { snapshot, deliverToken }: GuestImage,
  { modules, loadSources }: {
    readonly modules: EngineModules;
    readonly loadSources: () => Promise<GuestSources>;
  },
): Promise<ProbeReport> {
  const sources = await loadSources();
  const settled = Promise.withResolvers<ProbeReport>();
  using instance = await GuestInstance.create({
    modules,
    snapshot,
    memoryBytes: DESCRIBE_MEMORY_BYTES,
    deadlineMs: performance.now() + DESCRIBE_MS,
    listener: {
      log: () => {},
      chunk: () => {},
      ask: () => {},
      settle(outcome, json) {
        if (outcome === "result") settled.resolve(JSON.parse(json));
        else settled.reject(new LoadFailure(JSON.parse(json)));
      },
    },
  });
  instance.resume(deliverToken);
  instance.evaluate(sources.describe, {
    filename: "airlock:describe",
    flags: 0,
    use: (listTools) => instance.send("describe", listTools),
  });
  return await settled.promise;
}
