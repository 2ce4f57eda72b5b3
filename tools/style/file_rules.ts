import ts from "typescript";
import { isCode, isTest } from "../list_source_paths.ts";
import type { Finding, StyleRule } from "./checked_file.ts";

const MAX_LINES = 350;

/** Snake_case, and no name that says nothing. */
export const checkFileName: StyleRule = ({ path }) => {
  const name = path.split("/").at(-1) ?? "";
  if (!isCode(path)) return [];
  if (/^(index|mod)\.(d\.)?(ts|tsx|js|mjs)$/.test(name)) {
    return [finding("file-name", `${name} says nothing: name the file after its main export`)];
  }
  if (/^[a-z0-9]+(_[a-z0-9]+)*(\.d)?\.(ts|tsx|js|mjs)$/.test(name)) return [];
  return [finding("file-name", `${name} is not snake_case: rename it`)];
};

/** No file that only passes on what others export. */
export const checkReexportOnly: StyleRule = ({ tree }) => {
  const statements = tree?.statements ?? [];
  const exports = statements.filter(ts.isExportDeclaration);
  const isBarrel = exports.length > 0 &&
    statements.every((node) => ts.isImportDeclaration(node) || ts.isExportDeclaration(node));
  return isBarrel
    ? [finding("barrel", "the file only re-exports: delete it and import from the sources")]
    : [];
};

/** No file past 350 lines unless its first line says why. */
export const checkLength: StyleRule = ({ path, text }) => {
  const lines = countLines(text);
  if (!isCode(path) || lines <= MAX_LINES || /^(\/\/|\/\*)/.test(text)) return [];
  const advice = `${lines} lines, more than ${MAX_LINES}: split it, or say why in the first line`;
  return [finding("length", advice)];
};

/** The bounds on all files together: median ≤ 90 lines, 95 % ≤ 250. */
export function checkLengths(files: readonly { path: string; text: string }[]): Finding[] {
  const code = files.filter(({ path }) => isCode(path) && !isTest(path));
  const lengths = code.map(({ text }) => countLines(text)).sort((a, b) => a - b);
  if (lengths.length === 0) return [];
  const median = lengths[Math.floor((lengths.length - 1) / 2)] ?? 0;
  const short = lengths.filter((lines) => lines <= 250).length / lengths.length;
  const findings: Finding[] = [];
  if (median > 90) findings.push(finding("length", `the median file has ${median} lines, over 90`));
  if (short < 0.95) {
    const percent = (short * 100).toFixed(1);
    findings.push(finding("length", `only ${percent} % of files have ≤ 250 lines, under 95 %`));
  }
  return findings;
}

/** Lines of a text, whether or not the last one ends. */
export function countLines(text: string): number {
  return text.replace(/\n$/, "").split("\n").length;
}

function finding(rule: string, advice: string): Finding {
  return { line: 0, rule, advice };
}
