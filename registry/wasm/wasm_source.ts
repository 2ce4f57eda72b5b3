import { join } from "node:path";
import type {
  ArtifactLock,
  FetchedPackage,
  PackageSource,
  ResolvedPackage,
  StepOptions,
} from "../../spec/artifact.ts";
import type { EgressPort } from "../../spec/egress.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import { downloadModule } from "./download_module.ts";
import { WASM_NAME_PREFIX } from "./store_plugin.ts";
import type { UploadShelf } from "./upload_shelf.ts";
import { wasmError } from "./wasm_error.ts";

/** The version of every plug-in that is named by its digest: there is only one of each. */
const ONLY_VERSION = "1.0.0";

const MANIFEST_FILE = "manifest.json";
const MODULE_FILE = "plugin.wasm";

/** What a wasm source is made of. */
export interface WasmSourceOptions {
  readonly shelf: UploadShelf;
  /** Opens a way to public addresses for one download. */
  readonly openEgress: (signal: AbortSignal) => EgressPort & { close(): void };
}

/** Plug-ins that were uploaded: modules and manifests, named `sha256-…` by their digest. */
export function createWasmSource(options: WasmSourceOptions): PackageSource {
  const { shelf } = options;
  return {
    kind: "wasm",
    async resolve(packageName, version) {
      const digest = digestIn(packageName);
      if (version !== undefined && version !== ONLY_VERSION && version !== "latest") {
        throw unknownName(`${packageName}@${version}`);
      }
      if (await shelf.get(digest) === undefined) throw notUploaded(packageName);
      const integrity = `sha256-${btoa(String.fromCharCode(...hexBytes(digest)))}`;
      return { source: "wasm", packageName, version: ONLY_VERSION, integrity };
    },
    fetch: (resolved, step) => fetchPlugin(resolved, { ...options, ...step }),
  };
}

async function fetchPlugin(
  resolved: ResolvedPackage,
  options: WasmSourceOptions & StepOptions & {
    readonly directory: string;
    readonly lock?: ArtifactLock;
  },
): Promise<FetchedPackage> {
  const { shelf, directory } = options;
  const bytes = await shelf.get(digestIn(resolved.packageName));
  if (bytes === undefined) throw notUploaded(resolved.packageName);
  const common = { resolved, directory, lock: { packages: {}, modules: {} } };
  const startedAt = performance.now();
  if (bytes[0] === 0) {
    const entry = join(directory, MODULE_FILE);
    await Deno.writeFile(entry, bytes);
    return { ...common, entry, packageJson: {}, networkMs: 0, downloadedBytes: 0 };
  }
  const manifest = parseManifest(bytes);
  const wasm: JsonValue[] = [];
  let downloadedBytes = 0;
  for (const [index, entry] of entriesOf(manifest).entries()) {
    options.signal.throwIfAborted();
    const found = await shelf.get(entry.hash);
    const module = found ?? await download(entry, options);
    if (found === undefined) downloadedBytes += module.length;
    const path = `${index}.wasm`;
    await Deno.writeFile(join(directory, path), module);
    wasm.push({
      path,
      hash: entry.hash,
      ...(entry.name === undefined ? {} : { name: entry.name }),
    });
  }
  const entry = join(directory, MANIFEST_FILE);
  await Deno.writeTextFile(entry, JSON.stringify({ ...manifest, wasm }));
  const networkMs = downloadedBytes === 0 ? 0 : performance.now() - startedAt;
  return { ...common, entry, packageJson: {}, networkMs, downloadedBytes };
}

interface StoredEntry {
  readonly hash: string;
  readonly name: string | undefined;
  readonly url: string | undefined;
}

async function download(
  { hash, url }: StoredEntry,
  { shelf, openEgress, signal, progress }: WasmSourceOptions & StepOptions,
): Promise<Uint8Array> {
  if (url === undefined) throw notUploaded(WASM_NAME_PREFIX + hash);
  progress?.("downloading a module");
  const egress = openEgress(signal);
  try {
    const bytes = await downloadModule(new URL(url), { egress, hash, signal });
    // Kept, so that the next build needs nobody's server.
    await shelf.put(bytes);
    return bytes;
  } finally {
    egress.close();
  }
}

/** What {@linkcode storeManifest} wrote; its digest vouches for it. */
function parseManifest(bytes: Uint8Array): JsonObject {
  const value: JsonValue = JSON.parse(new TextDecoder().decode(bytes));
  if (isJsonObject(value)) return value;
  throw unknownName("a plug-in");
}

function entriesOf({ wasm }: JsonObject): StoredEntry[] {
  if (!Array.isArray(wasm)) return [];
  return wasm.filter(isJsonObject).map(({ hash, name, url }) => ({
    hash: typeof hash === "string" ? hash : "",
    name: typeof name === "string" ? name : undefined,
    url: typeof url === "string" ? url : undefined,
  }));
}

function digestIn(packageName: string): string {
  const digest = packageName.slice(WASM_NAME_PREFIX.length);
  if (packageName.startsWith(WASM_NAME_PREFIX) && /^[0-9a-f]{64}$/.test(digest)) return digest;
  throw unknownName(packageName);
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function unknownName(name: string): Error {
  return wasmError({
    reason: "bad_name",
    message: `Resolve ${name.slice(0, 100)}: no plug-in has such a name`,
  }, { stage: "resolve", suggestion: "Use the packageName that POST /artifacts/wasm answered" });
}

function notUploaded(name: string): Error {
  return wasmError({ reason: "no_upload", message: `Resolve ${name}: it was not uploaded here` }, {
    stage: "resolve",
    suggestion: "Upload it with POST /artifacts/wasm",
  });
}
