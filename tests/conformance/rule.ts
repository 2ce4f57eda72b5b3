import type { ConformanceBench } from "./conformance_bench.ts";

/** One rule of the contract in `spec/sandbox.ts`. Throws where a runtime breaks it. */
export type Rule = (bench: ConformanceBench) => Promise<void>;
