import type { RuntimeKind } from "../../spec/sandbox.ts";

/** Kinds in which calls of one process share nothing else. */
export const INSTANCE_PER_CALL: ReadonlySet<RuntimeKind> = new Set(["quickjs", "extism"]);
