import { z } from "zod";

/** An answer as it is kept for whoever asks again. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Why an answer is not kept: it was to be seen once, or it is too large. */
export type Withheld = "once" | "size";

/** A request that may be sent again. Hashes are SHA-256. */
export interface RepeatableRequest {
  readonly tenant: string;
  /** Who of the account sends it. */
  readonly actorId: string;
  readonly keyHash: Uint8Array;
  readonly requestHash: Uint8Array;
}

/** What becomes of a request. */
export type Repetition =
  /** It is the first, or the one before was cut off: it runs, and says afterwards how it went. */
  | { readonly kind: "run"; readonly runId: string }
  | { readonly kind: "answered"; readonly answer: KeptAnswer }
  | { readonly kind: "withheld"; readonly why: Withheld; readonly status: number }
  /** The key stands for another request. */
  | { readonly kind: "other" }
  /** The same request runs at this moment. */
  | { readonly kind: "running" }
  /** The account has as many keys as may be. */
  | { readonly kind: "full" };

/** A row of `idempotency_key`, as far as it is answered by. */
export const keptRow = z.object({
  is_same: z.boolean(),
  state: z.enum(["running", "done"]),
  status: z.number().nullable(),
  headers: z.record(z.string(), z.string()).nullable(),
  body: z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array).nullable(),
  withheld: z.enum(["once", "size"]).nullable(),
});

/** What a row says of a request of its key. */
export function repetitionOf(row: z.output<typeof keptRow>): Repetition {
  if (!row.is_same) return { kind: "other" };
  const { state, status, withheld, headers, body } = row;
  if (state === "running" || status === null) return { kind: "running" };
  if (withheld !== null) return { kind: "withheld", why: withheld, status };
  return {
    kind: "answered",
    answer: { status, headers: headers ?? {}, body: body ?? new Uint8Array() },
  };
}
