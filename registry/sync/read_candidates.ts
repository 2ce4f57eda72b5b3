import { AirlockError } from "../../spec/errors.ts";
import { runBounded } from "../esm/run_bounded.ts";
import type { Candidate, Outcome } from "./candidate.ts";
import { type RegistryReader, saysTools } from "./registry_reader.ts";
import { isTrouble } from "./sync_error.ts";

/** Options of {@linkcode readCandidates}. */
export interface ReadCandidatesOptions {
  readonly reader: RegistryReader;
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** So many packages of which most cannot be read speak of the registry, not of the packages. */
const LEAST_TROUBLED = 3;

/**
 * Reads what the registry has of each, a few at a time. What cannot be read is an outcome, too.
 * @throws {AirlockError} what the registry answered where it does so for most of them, or asks to be
 * left alone; the signal's reason.
 */
export async function readCandidates(
  candidates: readonly Candidate[],
  { reader, concurrency, signal }: ReadCandidatesOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const troubles: unknown[] = [];
  await runBounded(candidates, {
    concurrency,
    signal,
    async task(candidate, own) {
      const outcome = await readOne(candidate, { reader, signal: own });
      if (outcome.kind === "failed" && isTrouble(outcome.error)) {
        troubles.push(outcome.error);
        if (asksForTime(outcome.error)) throw outcome.error;
      }
      outcomes.push(outcome);
      // Nothing more is asked of a registry that is down.
      if (troubles.length >= LEAST_TROUBLED && troubles.length > outcomes.length / 2) {
        throw troubles[0];
      }
    },
  });
  return outcomes;
}

async function readOne(
  { name, standing, etag }: Candidate,
  { reader, signal }: { readonly reader: RegistryReader; readonly signal: AbortSignal },
): Promise<Outcome> {
  try {
    if (standing === "unknown" && !await reader.hasTools(name, signal)) {
      return { name, kind: "unwanted" };
    }
    const reading = await reader.read(name, { signal, etag });
    if (reading.kind !== "published") return { name, kind: reading.kind };
    const isTools = standing === "wanted" || saysTools(reading.published.keywords);
    if (!isTools) return { name, kind: "unwanted" };
    return { name, ...reading };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AirlockError)) throw error;
    return { name, kind: "failed", problem: error.message, error };
  }
}

function asksForTime(error: unknown): boolean {
  return error instanceof AirlockError && error.retryAfterMs !== undefined;
}
