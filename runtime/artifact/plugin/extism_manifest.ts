import { z } from "zod";
import type { DeclaredNeeds } from "../../../spec/artifact.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../spec/json.ts";
import { NET_PATTERN } from "../../../spec/permissions.ts";
import type { PluginPlan } from "../../../spec/plugin.ts";

/** Where one module of a manifest lies, relative to the manifest. */
export interface ManifestModule {
  readonly name: string;
  readonly path: string;
  /** Lower-case hex SHA-256, where the manifest says it. */
  readonly hash?: string;
}

/** An Extism manifest, read. */
export interface ExtismManifest {
  readonly modules: readonly ManifestModule[];
  /** What goes into the plug-in's plan as it is. */
  readonly plan: Omit<PluginPlan, "formatVersion" | "modules">;
  /** What it would like: a request, never a grant. */
  readonly needs: DeclaredNeeds;
  readonly description: string;
  readonly warnings: readonly string[];
}

const PAGE_BYTES = 65_536;
const MAX_MODULES = 16;

/** Names that would stand for the host itself, or for what every JavaScript object has. */
const TAKEN_NAMES = ["extism:host/env", "extism:host/user", "wasi_snapshot_preview1", "__proto__"];

const amount = z.int().positive();
const text = z.string().max(64 * 1024);
const format = z.enum(["auto", "json", "text", "base64"]);
const schema = z.custom<JsonObject>(isJsonObject, { message: "needs a JSON Schema" });

const moduleEntry = z.object({
  path: z.string().min(1).max(1_000),
  name: z.string().regex(/^[\w.:/@-]{1,100}$/)
    .refine((name) => !TAKEN_NAMES.includes(name), "is the host's").nullish(),
  hash: z.string().regex(/^[0-9a-f]{64}$/i).nullish(),
});

const tool = z.object({
  description: z.string().max(4_000).optional(),
  inputSchema: schema.optional(),
  outputSchema: schema.optional(),
  input: format.optional(),
  output: format.optional(),
});

const manifest = z.object({
  wasm: z.array(moduleEntry).min(1).max(MAX_MODULES),
  memory: z.object({
    max_pages: amount.nullish(),
    max_http_response_bytes: amount.nullish(),
    max_var_bytes: z.int().nonnegative().nullish(),
  }).nullish(),
  config: z.record(z.string().max(1_000), text).nullish(),
  allowed_hosts: z.array(z.string().max(300)).max(256).nullish(),
  allowed_paths: z.record(z.string(), z.string()).nullish(),
  timeout_ms: amount.nullish(),
  description: z.string().max(4_000).nullish(),
  tools: z.record(z.string().min(1).max(256), tool).nullish(),
});

/**
 * Reads an Extism manifest (https://extism.org/docs/concepts/manifest) whose modules are files, with
 * Airlock's own `tools` beside: what its exports take and give.
 *
 * @returns The manifest, or what is wrong with it.
 */
export function readExtismManifest(value: JsonValue): ExtismManifest | { readonly fault: string } {
  const parsed = manifest.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { fault: `${issue?.path.join(".")} ${issue?.message}` };
  }
  const { wasm, memory, config, tools, description, timeout_ms: timeoutMs } = parsed.data;
  const modules = wasm.map(({ name, path, hash }, index): ManifestModule => ({
    name: name ?? (index === wasm.length - 1 ? "main" : `module-${index}`),
    path,
    ...(hash ? { hash: hash.toLowerCase() } : {}),
  }));
  if (new Set(modules.map(({ name }) => name)).size < modules.length) {
    return { fault: "wasm has two modules of one name" };
  }
  const warnings: string[] = [];
  if (parsed.data.allowed_paths) warnings.push("allowed_paths: plug-ins get no files here");
  const hosts = readHosts(parsed.data.allowed_hosts ?? [], warnings);
  return {
    modules,
    plan: {
      config: config ?? {},
      tools: tools ?? {},
      ...(memory?.max_pages ? { memoryBytes: memory.max_pages * PAGE_BYTES } : {}),
      ...(typeof memory?.max_var_bytes === "number" ? { maxVarBytes: memory.max_var_bytes } : {}),
      ...(memory?.max_http_response_bytes
        ? { maxHttpResponseBytes: memory.max_http_response_bytes }
        : {}),
    },
    needs: {
      ...(hosts === undefined ? {} : { net: hosts }),
      ...(timeoutMs ? { limits: { timeoutMs } } : {}),
    },
    description: description ?? "",
    warnings,
  };
}

/** Extism's patterns are wider than ours: what has no counterpart is left out, with a warning. */
function readHosts(
  hosts: readonly string[],
  warnings: string[],
): "public" | readonly string[] | undefined {
  if (hosts.length === 0) return undefined;
  if (hosts.includes("*")) return "public";
  const kept = hosts.filter((host) => NET_PATTERN.test(host));
  for (const host of hosts) {
    if (!kept.includes(host)) warnings.push(`allowed_hosts: ${host} was not understood`);
  }
  return kept.length === 0 ? undefined : kept;
}
