import type { EgressRecord } from "../../spec/egress.ts";
import { AirlockError } from "../../spec/errors.ts";

/** One record being written. */
export interface OpenRecord {
  sent(bytes: number): void;
  received(bytes: number): void;
  /** The head of the answer came. */
  answered(status: number): void;
  /** It ended without one, or the body ended early; a status that was seen stays. */
  failed(error: unknown): void;
  /** The last byte passed, or will not. */
  ended(): void;
}

/** What goes out during one call, in the order it was asked for. */
export interface EgressRecords {
  begin(method: string, host: string): OpenRecord;
  snapshot(): EgressRecord[];
}

/** @param now Milliseconds on any steady clock. */
export function createEgressRecords(now: () => number): EgressRecords {
  const rows: (() => EgressRecord)[] = [];
  return {
    snapshot: () => rows.map((row) => row()),
    begin(method, host) {
      const startMs = now();
      let endMs: number | undefined;
      let outcome: EgressRecord["outcome"] = "failed";
      let requestBytes = 0;
      let responseBytes = 0;
      rows.push(() => ({
        method,
        host,
        outcome,
        requestBytes,
        responseBytes,
        durationMs: Math.round(((endMs ?? now()) - startMs) * 1000) / 1000,
      }));
      return {
        sent: (bytes) => void (requestBytes += bytes),
        received: (bytes) => void (responseBytes += bytes),
        answered: (status) => void (outcome = status),
        failed: (error) => {
          endMs ??= now();
          const refused = error instanceof AirlockError && error.code === "permission_denied";
          if (refused && outcome === "failed") outcome = "refused";
        },
        ended: () => void (endMs ??= now()),
      };
    },
  };
}
