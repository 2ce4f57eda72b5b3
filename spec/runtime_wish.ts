import { ISOLATION_LEVELS, type IsolationLevel, type RuntimeKind } from "./sandbox.ts";

/**
 * What a tool may need of a runtime: `jit` machine code for JavaScript, `pristine` an instance of
 * its own for every call, `intl` the `Intl` global, `webassembly` the `WebAssembly` global.
 */
export const RUNTIME_FEATURES = ["jit", "pristine", "intl", "webassembly"] as const;

/** One of {@linkcode RUNTIME_FEATURES}. */
export type RuntimeFeature = typeof RUNTIME_FEATURES[number];

/** What a runtime must fulfil to be chosen at all. */
export interface RuntimeConstraints {
  readonly minIsolation?: IsolationLevel;
  /** Longest start that is acceptable where nothing is warm, in milliseconds. */
  readonly maxColdMs?: number;
  readonly needs?: readonly RuntimeFeature[];
}

/** What a tool's package or a caller says about where it should run. */
export interface RuntimeWish {
  /** Chosen where it is able. */
  readonly preferred?: RuntimeKind;
  /**
   * What may take over, in order, where the preferred one is not able or fails. Where stated, no
   * other runtime takes over; an empty list means none does.
   */
  readonly fallbacks?: readonly RuntimeKind[];
  readonly constraints?: RuntimeConstraints;
}

/** Both wishes as one: `call` goes before `tool`, and the constraints of both hold. */
export function mergeWishes(call: RuntimeWish, tool: RuntimeWish): RuntimeWish {
  return {
    preferred: call.preferred ?? tool.preferred,
    fallbacks: call.fallbacks ?? tool.fallbacks,
    constraints: mergeConstraints(call.constraints ?? {}, tool.constraints ?? {}),
  };
}

function mergeConstraints(a: RuntimeConstraints, b: RuntimeConstraints): RuntimeConstraints {
  const colds = [a.maxColdMs, b.maxColdMs].filter((value) => value !== undefined);
  const levels = [a.minIsolation, b.minIsolation].filter((value) => value !== undefined);
  return {
    minIsolation:
      levels.sort((x, y) => ISOLATION_LEVELS.indexOf(y) - ISOLATION_LEVELS.indexOf(x))[0],
    maxColdMs: colds.length === 0 ? undefined : Math.min(...colds),
    needs: [...new Set([...a.needs ?? [], ...b.needs ?? []])],
  };
}
