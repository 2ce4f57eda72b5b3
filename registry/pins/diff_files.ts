import { formatPatch, structuredPatch } from "diff";
import type { FilePatch, FilesDiff } from "../../spec/pin.ts";
import { readableLines } from "./readable_lines.ts";
import type { CodeFiles } from "./code_files.ts";

const MAX_FILES = 100;
const MAX_PATHS = 500;
/** Characters of one text that is compared line by line. */
const MAX_TEXT = 512 * 1024;
/** Characters of one patch, and of all of them. */
const MAX_PATCH = 20_000;
const MAX_PATCHES = 200_000;
const MAX_EDITS = 2_000;
const COMPARE_TIMEOUT_MS = 500;
/** Time for all files together. */
const TOTAL_TIMEOUT_MS = 3_000;

/** What is different between two sets of files: names, and bounded patches of those in both. */
export function diffFiles(before: CodeFiles, after: CodeFiles): FilesDiff {
  const added = [...after.keys()].filter((path) => !before.has(path)).sort();
  const removed = [...before.keys()].filter((path) => !after.has(path)).sort();
  const differing = [...after.keys()]
    .filter((path) => before.has(path) && before.get(path) !== after.get(path)).sort();
  const endMs = performance.now() + TOTAL_TIMEOUT_MS;
  const changed: FilePatch[] = [];
  let room = MAX_PATCHES;
  for (const path of differing.slice(0, MAX_FILES)) {
    const texts = { path, old: before.get(path) ?? "", now: after.get(path) ?? "" };
    const timeoutMs = Math.min(COMPARE_TIMEOUT_MS, endMs - performance.now());
    const patch = patchOf(texts, { room, timeoutMs });
    room -= patch.patch?.length ?? 0;
    changed.push(patch);
  }
  const leftOut = Math.max(0, differing.length - MAX_FILES) +
    Math.max(0, added.length - MAX_PATHS) + Math.max(0, removed.length - MAX_PATHS);
  return {
    added: added.slice(0, MAX_PATHS),
    removed: removed.slice(0, MAX_PATHS),
    changed,
    leftOut,
  };
}

interface Texts {
  readonly path: string;
  readonly old: string;
  readonly now: string;
}

function patchOf(
  { path, old, now }: Texts,
  { room, timeoutMs }: { readonly room: number; readonly timeoutMs: number },
): FilePatch {
  const untold = { path, patch: null, addedLines: linesOf(now), removedLines: linesOf(old) };
  if (timeoutMs <= 0 || Math.max(old.length, now.length) > MAX_TEXT) return untold;
  const [before, after] = [readableLines(old), readableLines(now)];
  const patch = structuredPatch(path, path, before, after, undefined, undefined, {
    context: 3,
    timeout: timeoutMs,
    maxEditLength: MAX_EDITS,
  });
  if (patch === undefined) return untold;
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  const text = formatPatch(patch).replace(/^=+\n/m, "");
  return {
    path,
    patch: text.length > Math.min(MAX_PATCH, room) ? null : text,
    addedLines: lines.filter((line) => line.startsWith("+")).length,
    removedLines: lines.filter((line) => line.startsWith("-")).length,
  };
}

function linesOf(text: string): number {
  return text.split("\n").length;
}
