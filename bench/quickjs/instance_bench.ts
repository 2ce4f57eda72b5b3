import type { EngineModules } from "../../sandboxes/quickjs/guest_engine.ts";
import type { GuestImage } from "../../sandboxes/quickjs/guest_image.ts";
import { encodeImage } from "../../sandboxes/quickjs/guest_image.ts";
import { GuestMemories } from "../../sandboxes/quickjs/guest_memories.ts";
import { GuestInstance } from "../../sandboxes/quickjs/guest_instance.ts";
import { prepareImage } from "../../sandboxes/quickjs/guest_prepare.ts";
import type { GuestSources } from "../../sandboxes/quickjs/guest_sources.ts";
import { openQuickjsParts } from "../../tests/support/quickjs_parts.ts";

const MEMORY_BYTES = 64 * 1024 * 1024;

/** The parts of a QuickJS guest, in this process. */
export class InstanceBench {
  readonly #modules: EngineModules;
  readonly #sources: GuestSources;
  #image: GuestImage | null = null;
  #memories = new GuestMemories(0);

  private constructor(modules: EngineModules, sources: GuestSources) {
    this.#modules = modules;
    this.#sources = sources;
  }

  static async open(directory: string): Promise<InstanceBench> {
    const { modules, sources } = await openQuickjsParts(directory);
    return new InstanceBench(modules, sources);
  }

  get snapshotBytes(): number {
    return this.#image === null ? 0 : encodeImage(this.#image).byteLength;
  }

  async prepare(code: string): Promise<GuestImage> {
    const options = { modules: this.#modules, sources: this.#sources, env: {}, log: () => {} };
    const image = await prepareImage(code, options);
    this.#memories = new GuestMemories(image.snapshot.memory.byteLength);
    return this.#image = image;
  }

  /** One call from the prepared state, to its encoded result. */
  async callRestored(): Promise<void> {
    if (this.#image !== null) await this.#call(this.#image);
  }

  /** Loads the module again for the call. */
  async callAnew(code: string): Promise<void> {
    await this.#call(await this.prepare(code));
  }

  async #call({ snapshot, deliverToken }: GuestImage): Promise<void> {
    const settled = Promise.withResolvers<void>();
    const memory = this.#memories.take();
    const instance = await GuestInstance.create({
      ...{ modules: this.#modules, memory },
      snapshot,
      memoryBytes: MEMORY_BYTES,
      deadlineMs: performance.now() + 10_000,
      listener: {
        log: () => {},
        chunk: () => {},
        ask: () => {},
        settle: (outcome, json) =>
          outcome === "result" ? settled.resolve() : settled.reject(new Error(json)),
      },
    });
    instance.resume(deliverToken);
    instance.deliver(
      "call",
      JSON.stringify({
        ...{ toolName: "sum", paramsText: `{"a":1,"b":2}`, env: {}, callId: "1" },
        outputBytes: 1000,
      }),
    );
    await settled.promise;
    instance[Symbol.dispose]();
    this.#memories.give(memory);
  }
}
