import type { z } from "zod";
import type { Secret } from "./secret.ts";
import type { VARIABLES } from "./variables.ts";

/** A model that guesses schemas where nothing describes a tool's parameters. */
export interface ModelConfig {
  /** Without `/chat/completions`. Whoever configures it trusts it: it may be on this machine. */
  readonly url: string;
  readonly model: string;
  readonly key: Secret | undefined;
  readonly timeoutMs: number;
}

/** The configured model; `undefined` where nobody is to guess. */
export function modelConfig(values: z.output<typeof VARIABLES>): ModelConfig | undefined {
  const { AIRLOCK_SCHEMA_MODEL_URL: url, AIRLOCK_SCHEMA_MODEL: model } = values;
  if (url === undefined || model === undefined) return undefined;
  return {
    ...{ url, model },
    key: values.AIRLOCK_SCHEMA_MODEL_KEY,
    timeoutMs: values.AIRLOCK_SCHEMA_MODEL_TIMEOUT_MS,
  };
}
