import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { withEsbuild } from "../process/with_esbuild.ts";
import { builtinTexts } from "./builtin_texts.ts";
import { EXTENSIONS } from "./engine_files.ts";
import type { GuestSources } from "./guest_sources.ts";
import { importMemory } from "./import_memory.ts";

/** The program that processes of QuickJS sandboxes run. */
export interface QuickjsProgram {
  readonly guestFile: string;
  /** SHA-256 of the engine, its extensions and everything else that a snapshot is made with. */
  readonly digest: string;
}

const ENGINE_FILE = "engine.wasm";

/** Where the package has its compiled parts. */
const PACKAGE = new URL("../../node_modules/quickjs-wasi/", import.meta.url);

/**
 * Puts the program together in `directory`: the guest's own code, the engine and the texts that
 * modules are loaded with. It is part of Airlock, built from its own sources and its own pinned
 * dependencies at each start, so it can never be stale.
 */
export async function buildQuickjsProgram(directory: string): Promise<QuickjsProgram> {
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  const [sources, engine, guest] = await withEsbuild(() =>
    Promise.all([buildSources(), copyEngine(directory), buildGuest(directory)])
  );
  const sourcesText = JSON.stringify(sources);
  await Deno.writeTextFile(join(directory, "sources.json"), sourcesText);
  await Deno.writeTextFile(join(directory, "quickjs.js"), entryText());
  const digest = createHash("sha256").update(engine).update(guest).update(sourcesText)
    .digest("hex");
  return { guestFile: join(directory, "quickjs.js"), digest };
}

/** Compiled modules are imported as such, which needs no permission to read files. */
function entryText(): string {
  const names = EXTENSIONS.map((name, index) => ({ name, variable: `extension${index}` }));
  const imports = names.map(({ name, variable }) =>
    `import source ${variable} from "./${name}.wasm";`
  );
  const list = names.map(({ name, variable }) =>
    `{ name: ${JSON.stringify(name)}, wasm: ${variable} }`
  );
  return [
    'import source engine from "./engine.wasm";',
    ...imports,
    'import { runQuickjsGuest } from "./guest_program.js";',
    "await runQuickjsGuest({",
    `  modules: { engine, extensions: [${list.join(", ")}] },`,
    "  loadSources: async () =>",
    '    (await import("./sources.json", { with: { type: "json" } })).default,',
    "});",
    "",
  ].join("\n");
}

/** @returns the digests of what was copied. */
async function copyEngine(directory: string): Promise<string> {
  const files = [
    { from: "quickjs.wasm", to: ENGINE_FILE },
    ...EXTENSIONS.map((name) => ({ from: `extensions/${name}/${name}.so`, to: `${name}.wasm` })),
  ];
  const digests = await Promise.all(files.map(async ({ from, to }) => {
    const read = await Deno.readFile(new URL(from, PACKAGE));
    const bytes = to === ENGINE_FILE ? importMemory(read) : read;
    await Deno.writeFile(join(directory, to), bytes);
    return `${to} ${createHash("sha256").update(bytes).digest("hex")}`;
  }));
  return digests.join("\n");
}

/** @returns the program's text. */
async function buildGuest(directory: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [pathOf("guest_program.ts")],
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "esnext",
    external: ["node:*"],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "silent",
  });
  const { text } = outputFiles[0]!;
  await Deno.writeTextFile(join(directory, "guest_program.js"), text);
  return text;
}

async function buildSources(): Promise<GuestSources> {
  const [prelude, describe, builtins] = await Promise.all([
    expression("guest/prelude.ts", { name: "deliver", parameter: "airlockBridge" }),
    expression("guest/describe.ts", { name: "describe" }),
    builtinTexts(),
  ]);
  return { prelude, describe: `(${describe})()`, ...builtins };
}

/** The text of a function expression that evaluates a module and answers with one of its exports. */
async function expression(
  file: string,
  { name, parameter = "" }: { readonly name: string; readonly parameter?: string },
): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [pathOf(file)],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "airlockModule",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import"],
    target: "es2023",
    keepNames: true,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "silent",
  });
  return `(function (${parameter}) {${outputFiles[0]!.text}\nreturn airlockModule.${name};})`;
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
