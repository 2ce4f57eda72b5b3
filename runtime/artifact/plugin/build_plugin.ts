import { createHash } from "node:crypto";
import { basename, dirname, join, sep } from "node:path";
import type { BuiltArtifact, FetchedPackage, StepOptions } from "../../../spec/artifact.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../spec/json.ts";
import { PLUGIN_PLAN_FILE, type PluginModule, type PluginPlan } from "../../../spec/plugin.ts";
import { buildError } from "../build/build_error.ts";
import { canonicalJson } from "../../../spec/canonical_json.ts";
import { type ExtismManifest, readExtismManifest } from "./extism_manifest.ts";

/** All modules of one plug-in together. */
const MAX_MODULE_BYTES = 64 * 1024 * 1024;
const MAX_MANIFEST_BYTES = 1024 * 1024;

/** Names that may be sent as `env`. */
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** What `airlock.plugin` in a `package.json` names: a file, or a manifest right there. */
function pluginField(packageJson: JsonObject): JsonValue | undefined {
  const field = packageJson.airlock;
  return field !== undefined && isJsonObject(field) ? field.plugin : undefined;
}

/** Whether a package is a WebAssembly plug-in: by what it loads, or by what it says of itself. */
export function isPlugin({ entry, packageJson, resolved }: FetchedPackage): boolean {
  return resolved.source === "wasm" || entry.endsWith(".wasm") ||
    pluginField(packageJson) !== undefined;
}

/**
 * Turns a fetched plug-in into what a sandbox loads: its modules under plain names and the plan that
 * says how they belong together. Modules are copied as they are: whether they may run is for the
 * sandbox to find out, which then also bounds them.
 *
 * @throws {AirlockError} `artifact_failed` at stage `build`.
 */
export async function buildPlugin(
  fetched: FetchedPackage,
  { outDirectory, signal }: StepOptions & { readonly outDirectory: string },
): Promise<BuiltArtifact> {
  const { manifest, directory } = await findManifest(fetched);
  await Deno.mkdir(outDirectory, { recursive: true });
  const modules: PluginModule[] = [];
  let leftBytes = MAX_MODULE_BYTES;
  for (const [index, { name, path, hash }] of manifest.modules.entries()) {
    signal.throwIfAborted();
    const bytes = await readInside(join(directory, path), {
      root: fetched.directory,
      maxBytes: leftBytes,
    });
    leftBytes -= bytes.length;
    if (hash !== undefined && createHash("sha256").update(bytes).digest("hex") !== hash) {
      throw refusal("its hash is not the one in the manifest", basename(path));
    }
    if (!isWasm(bytes)) throw refusal("it is no WebAssembly module", basename(path));
    const file = `${index}.wasm`;
    await Deno.writeFile(join(outDirectory, file), bytes, { createNew: true });
    modules.push({ name, file });
  }
  const plan: PluginPlan = { formatVersion: 1, modules, ...manifest.plan };
  const planText = canonicalJson(plan);
  await Deno.writeTextFile(join(outDirectory, PLUGIN_PLAN_FILE), planText, { createNew: true });
  return {
    form: "wasm",
    entry: PLUGIN_PLAN_FILE,
    uses: { nodeBuiltins: [], globals: [], env: [] },
    warnings: manifest.warnings,
    declares: {
      needs: manifest.needs,
      description: manifest.description,
      env: Object.keys(manifest.plan.config).filter((name) => ENV_NAME.test(name))
        .map((name) => ({ name, required: false })),
    },
  };
}

/** The manifest of a plug-in, and the directory that its paths are relative to. */
async function findManifest(
  fetched: FetchedPackage,
): Promise<{ manifest: ExtismManifest; directory: string }> {
  const { entry, packageJson, directory: root } = fetched;
  const directory = dirname(entry);
  const inline = pluginField(packageJson);
  if (inline !== undefined && isJsonObject(inline)) {
    return { manifest: readManifest(inline), directory };
  }
  if (entry.endsWith(".wasm")) {
    return { manifest: readManifest({ wasm: [{ path: basename(entry) }] }), directory };
  }
  const text = new TextDecoder().decode(
    await readInside(entry, { root, maxBytes: MAX_MANIFEST_BYTES }),
  );
  return { manifest: readManifest(parseJson(text)), directory };
}

function readManifest(value: JsonValue): ExtismManifest {
  const read = readExtismManifest(value);
  if ("fault" in read) throw refusal(`the manifest is wrong, ${read.fault}`, "the plug-in");
  return read;
}

function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refusal("the manifest is no JSON", "the plug-in", cause);
  }
}

function isWasm(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && [0, 0x61, 0x73, 0x6d].every((byte, index) => bytes[index] === byte);
}

async function readInside(
  path: string,
  { root, maxBytes }: { readonly root: string; readonly maxBytes: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const name = basename(path);
  const inside = (await Deno.realPath(root)) + sep;
  // Before anything is looked at: what exists elsewhere on this machine is nobody's to learn.
  if (!path.startsWith(inside) && !path.startsWith(root + sep)) {
    throw refusal("the file lies outside the package", name);
  }
  let real: string;
  try {
    real = await Deno.realPath(path);
  } catch (cause) {
    throw refusal("the file does not exist", name, cause);
  }
  if (!real.startsWith(inside)) {
    throw refusal("the file lies outside the package", name);
  }
  const { isFile, size } = await Deno.stat(real);
  if (!isFile) throw refusal("it is no file", name);
  if (size > maxBytes) throw refusal(`more than ${maxBytes} bytes`, name);
  return await Deno.readFile(real);
}

function refusal(state: string, what: string, cause?: unknown): Error {
  return buildError("unreadable_code", `${what}: ${state}`, {
    suggestion: "Check the package's plug-in: its manifest, its files and their hashes",
    details: { file: what },
    cause,
  });
}
