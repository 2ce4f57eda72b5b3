import assert from "node:assert/strict";
import { EXIT, exitCodeOf } from "../cli/exit_codes.ts";
import { VARIABLE_NAMES, variableNote } from "../config/variables.ts";
import { ERROR_TABLE, type ErrorCode } from "../spec/errors.ts";
import { DEFAULT_LIMITS, LIMIT_CEILINGS, type Limits } from "../spec/limits.ts";
import { ISOLATION_LEVELS } from "../spec/sandbox.ts";
import { mismatches, shownCommands, tableRows } from "./support/documentation_text.ts";
import { ServedGateway } from "./support/served_gateway.ts";

const ROOT = new URL("../", import.meta.url);
const read = (name: string) => Deno.readTextFile(new URL(name, ROOT));
const README = await read("README.md");
const HTTP = await read("docs/http.md");
const ERRORS = await read("docs/errors.md");
const COMMANDS = await read("docs/command-line.md");
const CONFIGURATION = await read("docs/configuration.md");

Deno.test("commands that are shown print what is shown", async () => {
  const commands = [README, HTTP].flatMap(shownCommands);
  assert(commands.some(({ command }) => command.startsWith("curl")));
  assert(commands.some(({ command }) => command.includes("task exec")));
  const directory = await Deno.makeTempDir({ prefix: "airlock-readme-" });
  try {
    await using gateway = await ServedGateway.start({ dataDirectory: `${directory}/served` });
    for (const { command, output } of commands) {
      const actual = await run(command, { url: gateway.url, directory });
      assert.deepEqual(mismatches(output, actual), [], `${command}\n${JSON.stringify(actual)}`);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** Runs a command as shown, against this checkout and the gateway of the test. */
async function run(
  command: string,
  { url, directory }: { readonly url: string; readonly directory: string },
): Promise<unknown> {
  const here = command
    .replaceAll("http://127.0.0.1:8787", url)
    .replaceAll("npx -y deno@2.9.6", `"${Deno.execPath()}"`);
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", here],
    cwd: ROOT,
    env: { AIRLOCK_DATA_DIR: `${directory}/exec`, AIRLOCK_LOG_LEVEL: "error" },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.notEqual(text, "", new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

Deno.test("the table of settings is the configuration", () => {
  const rows = tableRows(CONFIGURATION, ["Variable", "Default", "Meaning"]);
  assert.deepEqual(
    rows,
    VARIABLE_NAMES.map((name) => {
      const { fallback, meaning } = variableNote(name);
      return [name, fallback ?? "", meaning];
    }),
  );
});

Deno.test("the table of errors is the error table", () => {
  const rows = tableRows(ERRORS, ["code", "HTTP", "Retry", "Exit", "Meaning"]);
  const codes = Object.keys(ERROR_TABLE) as ErrorCode[];
  assert.deepEqual(
    rows.map((row) => row.slice(0, 4)),
    codes.map((code) => {
      const { httpStatus, retryable } = ERROR_TABLE[code];
      return [code, String(httpStatus), retryable ? "yes" : "no", String(exitCodeOf(code))];
    }),
  );
  for (const [code, , , , meaning] of rows) assert(meaning!.length > 10, code);
});

Deno.test("the other tables say what the code does", () => {
  const limits = tableRows(README, ["limits.", "Default", "Ceiling"]);
  assert.deepEqual(
    limits.map((row) => row.slice(0, 3)),
    (Object.keys(DEFAULT_LIMITS) as (keyof Limits)[])
      .map((name) => [name, String(DEFAULT_LIMITS[name]), String(LIMIT_CEILINGS[name])]),
  );
  const exits = tableRows(COMMANDS, ["Exit code", "Meaning"]).map(([code]) => Number(code));
  assert.deepEqual(exits, Object.values(EXIT));
  tableRows(README, ["What is held", ...ISOLATION_LEVELS]);
});

Deno.test("every route and every command is named", async () => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-readme-" });
  try {
    await using gateway = await ServedGateway.start({ dataDirectory: directory });
    const api = await (await fetch(`${gateway.url}/openapi.json`)).json();
    const routes = Object.entries<object>(api.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
    );
    const named = tableRows(HTTP, ["Route", "What it does"]).map(([route]) => route!);
    for (const route of routes) assert(named.includes(route), route);
    for (const route of named.filter((name) => name.startsWith("GET"))) {
      const path = route.slice("GET ".length).replace("{ref}", encodeURIComponent("ms@2.1.3"));
      // Of what somebody has to make first there is nothing to ask for.
      if (path.includes("{")) continue;
      // An upgrade, which is no request that has an answer.
      if (path === "/api/bridge") continue;
      const query = path === "/api/tools/search" ? "?q=ms" : "";
      const response = await fetch(gateway.url + path + query);
      await response.body?.cancel();
      assert.equal(response.status, 200, route);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  const help = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "-A", "main.ts", "--help"],
    cwd: ROOT,
  }).output();
  const commands = [...new TextDecoder().decode(help.stdout).matchAll(/^ {2}([a-z]+) /gm)]
    .map(([, name]) => name!).filter((name) => name !== "help");
  const rows = tableRows(COMMANDS, ["Command", "What it does"]).map(([name]) => name!).join(" ");
  assert(commands.length > 5);
  for (const command of commands) assert.match(rows, new RegExp(`\\b${command}\\b`), command);
});
