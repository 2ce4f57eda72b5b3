import type { ShownChange } from "../gateway/pins/pin_desk.ts";
import type { FilesDiff, PinDiff } from "../spec/pin.ts";
import { printable } from "./printable.ts";

/** Digits by which `airlock pins accept` knows what was looked at. */
const DIGITS = 16;

/** A change for a person to decide on, and how to do so. */
export function printPinDiff({ pin, change, diff }: ShownChange): string {
  const hashes = `${pin.stateHash.slice(0, DIGITS)}..${change.stateHash.slice(0, DIGITS)}`;
  const where = `${pin.collectionId} ${pin.toolId}`;
  const lines = [
    `${pin.packageName} ${pin.toolName}: ${diff.from} → ${diff.to} (${change.state})`,
    ...section(
      "suspicious",
      diff.findings.map(({ severity, rule, where: at, excerpt }) =>
        `${severity} ${rule} at ${at}: ${excerpt}`
      ),
    ),
    ...section("definition", definitionLines(diff)),
    ...section("packages", lockLines(diff)),
    ...section("hosts", hostLines(diff)),
    ...section(
      "code",
      diff.files === null ? [`not compared: ${diff.codeMissing}`] : filesLines(diff.files),
    ),
    "",
    `airlock pins accept ${where} ${hashes}`,
    `airlock pins reject ${where} ${hashes}`,
  ];
  return lines.map((line) => `${printable(line)}\n`).join("");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function definitionLines({ definition }: PinDiff): string[] {
  return definition.flatMap(({ where, before, after }) => [
    where,
    ...(before === undefined ? [] : [`- ${JSON.stringify(before)}`]),
    ...(after === undefined ? [] : [`+ ${JSON.stringify(after)}`]),
  ]);
}

function lockLines({ lock }: PinDiff): string[] {
  return [
    ...lock.changed.map((label) => `! ${label}: other bytes under the same version`),
    ...lock.moved.map((move) => `~ ${move}`),
    ...lock.added.map((label) => `+ ${label}`),
    ...lock.removed.map((label) => `- ${label}`),
  ];
}

function hostLines({ hosts }: PinDiff): string[] {
  if (hosts === null) return [];
  return [
    ...hosts.added.map((host) =>
      `+ ${host}${hosts.seen.includes(host) ? "" : " (never reached so far)"}`
    ),
    ...hosts.removed.map((host) => `- ${host}`),
  ];
}

function filesLines({ added, removed, changed, leftOut }: FilesDiff): string[] {
  return [
    ...added.map((path) => `+ ${path}`),
    ...removed.map((path) => `- ${path}`),
    ...changed.flatMap(({ path, patch, addedLines, removedLines }) => [
      `~ ${path} +${addedLines} -${removedLines}`,
      ...(patch === null ? ["  too long to be shown"] : patch.trimEnd().split("\n").slice(2)),
    ]),
    ...(leftOut > 0 ? [`and ${leftOut} more files`] : []),
  ];
}
