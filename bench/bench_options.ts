import { parseArgs } from "node:util";
import { AirlockError } from "../spec/errors.ts";
import { PART_NAMES, type PartName } from "./measurement.ts";

/** How long and what to measure. */
export interface BenchOptions {
  readonly quick: boolean;
  /** Print JSON instead of a table. */
  readonly json: boolean;
  readonly parts: readonly PartName[];
  /** Directory for the results; `null` writes none. */
  readonly out: string | null;
  /** Also draw what can be compared, beside the results. */
  readonly plot: boolean;
  readonly effort: Effort;
}

/** How often things are done. */
export interface Effort {
  /** Fresh gateways, each with one first-ever call. */
  readonly firstCalls: number;
  readonly coldStarts: number;
  readonly loadRounds: number;
  readonly loadMs: number;
  readonly warmUpMs: number;
  /** Calls of one tool in one sandbox. */
  readonly sandboxCalls: number;
}

const QUICK: Effort = {
  firstCalls: 1,
  coldStarts: 6,
  loadRounds: 2,
  loadMs: 900,
  warmUpMs: 600,
  sandboxCalls: 2_000,
};
const FULL: Effort = {
  firstCalls: 3,
  coldStarts: 25,
  loadRounds: 7,
  loadMs: 2_000,
  warmUpMs: 3_000,
  sandboxCalls: 10_000,
};

/** Parts whose rows can be drawn beside one another. */
const DRAWN: readonly PartName[] = ["runtimes", "peers"];

/** What `airlock bench` accepts. */
export const BENCH_USAGE = `airlock bench [--quick] [--json] [--only ${
  PART_NAMES.join("|")
}] [--peers] [--plot] [--out <directory>] [--no-out]`;

/**
 * Parses the arguments of `airlock bench`.
 * @throws {AirlockError} `invalid_input` for anything it does not know.
 */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"),
      options: {
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: [] },
        out: { type: "string", default: "bench/results" },
        "no-out": { type: "boolean", default: false },
        peers: { type: "boolean", default: false },
        plot: { type: "boolean", default: false },
      },
    });
    const parts = partsOf(values);
    if (values.plot && values["no-out"]) throw new TypeError("--plot writes, --no-out forbids it");
    if (values.plot && !parts.some((part) => DRAWN.includes(part))) {
      throw new TypeError(`--plot draws the parts ${DRAWN.join(" and ")}, which are left out`);
    }
    return {
      quick: values.quick,
      json: values.json,
      parts,
      out: values["no-out"] ? null : values.out,
      plot: values.plot,
      effort: values.quick ? QUICK : FULL,
    };
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : "not understood";
    throw new AirlockError("invalid_input", `read arguments: ${state}`, {
      suggestion: `Use ${BENCH_USAGE}`,
      cause,
    });
  }
}

/** Parts that download what others made. */
const DOWNLOADED: readonly PartName[] = ["peers", "proxies"];

/** Peers are downloaded, so they are measured only where that is asked for. */
function partsOf(
  { only, peers }: { readonly only: readonly string[]; readonly peers: boolean },
): readonly PartName[] {
  const named = only.map(partName);
  const wanted = named.length > 0 ? named : PART_NAMES.filter((name) => !DOWNLOADED.includes(name));
  const hasSome = wanted.some((name) => DOWNLOADED.includes(name));
  return peers && !hasSome ? [...wanted, ...DOWNLOADED] : wanted;
}

function partName(text: string): PartName {
  const part = PART_NAMES.find((name) => name === text);
  if (part === undefined) throw new TypeError(`there is no part ${JSON.stringify(text)}`);
  return part;
}
