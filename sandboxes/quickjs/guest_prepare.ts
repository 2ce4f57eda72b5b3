import { EvalFlags } from "quickjs-wasi";
import type { CallFailure } from "../protocol/messages.ts";
import type { EngineModules } from "./guest_engine.ts";
import type { GuestImage } from "./guest_image.ts";
import { GuestInstance, type InstanceListener } from "./guest_instance.ts";
import { builtinModuleTexts } from "./guest_builtin.ts";
import { moduleLoader, preloadText } from "./guest_module_loader.ts";
import type { GuestSources } from "./guest_sources.ts";
import type { LoadFacts } from "./guest_call_begin.ts";

/** What loading needs. */
export interface PrepareOptions {
  readonly modules: EngineModules;
  readonly sources: GuestSources;
  /** Empty where the image is for more than one caller. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: (level: string, message: string) => void;
}

/** A module that did not load, and why. */
export class LoadFailure extends Error {
  override readonly name = "LoadFailure";

  constructor(readonly failure: CallFailure) {
    super("loading the module failed");
  }
}

/** What the engine may use while a module loads; the process is bounded as well. */
const PREPARE_MEMORY_BYTES = 256 * 1024 * 1024;
/** The gateway's own deadline is shorter. */
const PREPARE_MS = 120_000;

/**
 * Loads a module in a new instance and takes its state. It can do nothing meanwhile: requests to the
 * network are refused, and timers wait for the call that is restored from the image.
 *
 * @throws {LoadFailure} when it does not load.
 */
export async function prepareImage(code: string, options: PrepareOptions): Promise<GuestImage> {
  const { modules, env, log } = options;
  const builtins = await builtinModuleTexts(code, options.sources);
  const sources = { ...options.sources, modules: { ...options.sources.modules, ...builtins } };
  const settled = Promise.withResolvers<LoadFacts>();
  const listener: InstanceListener = {
    log,
    chunk: () => {},
    ask(kind, { id }) {
      if (kind === "request") instance.deliver("refuse", id, REFUSED);
    },
    settle(outcome, json) {
      if (outcome === "result") settled.resolve(JSON.parse(json));
      else settled.reject(new LoadFailure(JSON.parse(json)));
    },
  };
  const parts = {
    modules,
    listener,
    memoryBytes: PREPARE_MEMORY_BYTES,
    deadlineMs: performance.now() + PREPARE_MS,
  };
  using compiler = await GuestInstance.create(parts);
  using instance = await GuestInstance.create({ ...parts, moduleLoader: moduleLoader(sources) });
  instance.install(compiler.compile(sources.prelude));
  instance.deliver("env", JSON.stringify(env));
  const flags = EvalFlags.TYPE_MODULE;
  const preload = preloadText(code, sources);
  if (preload !== "") instance.evaluate(preload, { filename: "airlock:preload", flags });
  instance.evaluate(code, {
    filename: "bundle.mjs",
    flags,
    use: (loading) => instance.send("load", loading),
  });
  const { usesRandom, ...facts } = await settled.promise;
  if (usesRandom) throw new LoadFailure({ kind: "threw", thrown: SAME_RANDOM });
  return { ...instance.snapshot(), facts };
}

const SAME_RANDOM = {
  name: "NotInQuickjs",
  message: "the module draws secure random numbers while it loads, and every call would get the " +
    "same ones; ask for runtime deno",
};

const REFUSED = JSON.stringify({
  code: "permission_denied",
  message: "no call is running, so nothing is requested",
});
