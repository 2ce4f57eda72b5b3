import { dirname, join } from "node:path";
import { homedir } from "node:os";
import { isCode, listSourcePaths } from "./list_source_paths.ts";
import { type CheckedFile, type Finding, parseFile, type StyleRule } from "./style/checked_file.ts";
import { checkJsdoc, checkTests, checkUnfinished } from "./style/comment_rules.ts";
import { checkEmptyCatch, checkErrorMessage, checkErrorWording } from "./style/error_rules.ts";
import { checkFileName, checkLength, checkLengths, checkReexportOnly } from "./style/file_rules.ts";
import { checkEnvironment, checkModuleState, checkParameters } from "./style/module_rules.ts";
import { checkCovered } from "./style/test_rules.ts";
import { checkMachinePaths, checkRegistryHost, type MachineFacts } from "./style/text_rules.ts";
import { checkTypes } from "./style/type_rules.ts";
import { withoutWaived } from "./style/waivers.ts";
import { reportViolations, type Violation } from "./violation.ts";

const RULES: readonly StyleRule[] = [
  ...[checkFileName, checkReexportOnly, checkLength, checkTypes, checkEmptyCatch],
  ...[checkErrorMessage, checkErrorWording, checkUnfinished, checkJsdoc, checkTests],
  ...[checkEnvironment, checkModuleState, checkParameters],
];

const TEXT = /\.(ts|tsx|js|mjs|json|jsonc|md|yml|yaml|toml|html|css|sql|sh|txt)$|(^|\/)Dockerfile$/;
const MAX_TEXT_BYTES = 1_000_000;

/** Checks what STYLE.md asks of the files below `root`, as far as reading can tell. */
export async function checkStyle(root: string, facts: MachineFacts): Promise<Violation[]> {
  const paths = (await listSourcePaths(root)).filter((path) => TEXT.test(path));
  const rules = [...RULES, checkRegistryHost(facts), checkMachinePaths(facts)];
  const code: CheckedFile[] = [];
  const violations: Violation[] = [];
  for (const path of paths) {
    const text = await Deno.readTextFile(join(root, path));
    if (text.length > MAX_TEXT_BYTES || path.endsWith(".min.js")) continue;
    const file = parseFile(path, text);
    if (isCode(path)) code.push(file);
    const findings = rules.flatMap((rule) => rule(file));
    violations.push(...located(path, withoutWaived(findings, text)));
  }
  return [...violations, ...checkCovered(code), ...located(".", checkLengths(code))];
}

function located(path: string, findings: readonly Finding[]): Violation[] {
  return findings.map((finding) => ({ path, ...finding }));
}

/** What this machine must not leave in the tree. */
export async function readMachineFacts(root: string): Promise<MachineFacts> {
  // A path of one part, such as `/root` or `/tmp`, is the same on too many machines to be a trace.
  const machinePaths = [root, dirname(root), homedir()].filter((path) =>
    path.split("/").filter((part) => part !== "").length > 1
  );
  return { registryHost: await readRegistryHost(), machinePaths };
}

async function readRegistryHost(): Promise<string | undefined> {
  try {
    const npm = new Deno.Command("npm", { args: ["config", "get", "registry"], stderr: "null" });
    const { success, stdout } = await npm.output();
    const url = URL.parse(new TextDecoder().decode(stdout).trim());
    return success && url !== null ? url.host : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

if (import.meta.main) {
  // deno-lint-ignore no-console -- a check speaks to the terminal
  const print = (line: string) => console.log(line);
  const facts = await readMachineFacts(Deno.cwd());
  if (facts.registryHost === undefined) print("style: npm is not here, its host was not checked");
  Deno.exit(reportViolations(await checkStyle(Deno.cwd(), facts), { print, checked: "style" }));
}
