import type { z } from "zod";
import type { Secret } from "./secret.ts";
import type { VARIABLES } from "./variables.ts";

/** How npm's registry is followed. URLs are of those that are asked; where absent, nobody is. */
export interface SyncConfig {
  /** Whether anybody is asked without a person or a scheduler saying so. */
  readonly enabled: boolean;
  /** Between runs; 0 for never. */
  readonly changesMs: number;
  readonly keywordMs: number;
  readonly metricsMs: number;
  readonly probe: boolean;
  readonly changesUrl: string | undefined;
  readonly changesSince: string;
  readonly downloadsUrl: string | undefined;
  readonly githubApiUrl: string | undefined;
  readonly githubToken: Secret | undefined;
}

/** The part of the variables that is about following a registry. */
export function syncConfig(values: z.output<typeof VARIABLES>): SyncConfig {
  return {
    enabled: values.AIRLOCK_SYNC,
    changesMs: values.AIRLOCK_SYNC_CHANGES_MS,
    keywordMs: values.AIRLOCK_SYNC_KEYWORD_MS,
    metricsMs: values.AIRLOCK_SYNC_METRICS_MS,
    probe: values.AIRLOCK_SYNC_PROBE,
    changesUrl: values.AIRLOCK_NPM_CHANGES_URL,
    changesSince: values.AIRLOCK_NPM_CHANGES_SINCE,
    downloadsUrl: values.AIRLOCK_NPM_DOWNLOADS_URL,
    githubApiUrl: values.AIRLOCK_GITHUB_API_URL,
    githubToken: values.AIRLOCK_GITHUB_TOKEN,
  };
}
