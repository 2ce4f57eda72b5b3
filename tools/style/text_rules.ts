import { isTest } from "../list_source_paths.ts";
import type { Finding, StyleRule } from "./checked_file.ts";

/** What must not stand in any text, as this machine knows it. */
export interface MachineFacts {
  /** Host of the configured npm registry; `undefined` where npm is not there to ask. */
  readonly registryHost: string | undefined;
  /** Absolute paths that exist here and nowhere else: the checkout, a home directory. */
  readonly machinePaths: readonly string[];
}

/** The registry comes from configuration: its name is written nowhere. */
export function checkRegistryHost({ registryHost }: MachineFacts): StyleRule {
  return ({ text }) =>
    registryHost === undefined ? [] : linesWith(text, registryHost, {
      rule: "registry-host",
      advice: "the registry's host is written here: take it from configuration",
    });
}

const SHARED = /(?<![\w.~/}-])\/tmp\/\w/;

/** No path of the machine on which a line was written. */
export function checkMachinePaths({ machinePaths }: MachineFacts): StyleRule {
  const advice = "a path of one machine: pass it in, or use a temporary directory";
  return ({ path, text }) => [
    ...machinePaths.flatMap((place) =>
      linesWith(text, `${place}/`, { rule: "machine-path", advice })
    ),
    // Tests attack with such paths, and check that nothing is there.
    ...(isTest(path) ? [] : linesMatching(text, SHARED, { rule: "machine-path", advice })),
  ];
}

function linesWith(text: string, part: string, found: Omit<Finding, "line">): Finding[] {
  if (!text.includes(part)) return [];
  return indexesOf(text, (line) => line.includes(part)).map((line) => ({ line, ...found }));
}

function linesMatching(text: string, pattern: RegExp, found: Omit<Finding, "line">): Finding[] {
  return indexesOf(text, (line) => pattern.test(line)).map((line) => ({ line, ...found }));
}

function indexesOf(text: string, matches: (line: string) => boolean): number[] {
  return text.split("\n").flatMap((line, index) => matches(line) ? [index + 1] : []);
}
