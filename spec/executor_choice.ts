/** Where the calls of an agent or a collection run. */
export type ExecutorChoice = { readonly kind: "local" } | RemoteExecutorChoice;

/** Somebody's program that fulfils the executor contract (`POST /execute-tool`, `GET /health`). */
export interface RemoteExecutorChoice {
  readonly kind: "remote";
  /** HTTPS origin with an optional path, without a trailing slash; `/execute-tool` comes after it. */
  readonly url: string;
  /** Sent as `authorization: Bearer`. Never shown. */
  readonly token?: string;
}
