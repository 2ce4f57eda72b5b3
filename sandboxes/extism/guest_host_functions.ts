import type { PluginPlan } from "../../spec/plugin.ts";
import type { GuestLogLevel } from "../guest_host/guest_call_log.ts";
import type { CallScope } from "./guest_call_scope.ts";
import type { Kernel } from "./guest_kernel.ts";
import { PluginError } from "./guest_plugin_error.ts";
import { type PluginResponse, requestForPlugin, utf8 } from "./guest_plugin_http.ts";

/** What a plug-in's variables may hold in one call unless its manifest says otherwise. */
const DEFAULT_VAR_BYTES = 1024 * 1024;

/** HTTP response bodies, unless the manifest says otherwise: Extism's own default. */
const DEFAULT_RESPONSE_BYTES = 50 * 1024 * 1024;

/** Log levels as Extism numbers them: everything from `debug` on is wanted. */
const WANTED_LOG_LEVEL = 1;

const decoder = new TextDecoder();

/** Extism's host functions that are not about memory, by name, for one call. */
export type HostFunctions = Readonly<Record<string, WebAssembly.ImportValue>>;

/** Names in {@linkcode HostFunctions}, to check imports before any call. */
export const HOST_FUNCTION_NAMES: ReadonlySet<string> = new Set([
  ...["config_get", "var_get", "var_set", "http_request", "http_status_code", "http_headers"],
  ...["log_trace", "log_debug", "log_info", "log_warn", "log_error", "get_log_level"],
]);

/**
 * The host's end of one call: configuration (the call's env before the manifest's values), variables
 * that live as long as the call, HTTP through the gateway, log lines.
 */
export function hostFunctions(
  kernel: Kernel,
  { plan, scope, suspending }: {
    readonly plan: PluginPlan;
    readonly scope: CallScope;
    /** Makes an asynchronous function one that WebAssembly can call and wait for. */
    readonly suspending: (work: (...args: bigint[]) => Promise<bigint>) => WebAssembly.ImportValue;
  },
): HostFunctions {
  const vars = new Variables(plan.maxVarBytes ?? DEFAULT_VAR_BYTES);
  let response: PluginResponse | null = null;
  const text = (offset: bigint) => decoder.decode(kernel.read(offset));
  const log = (level: GuestLogLevel) => (offset: bigint) => scope.log(level, text(offset));
  return {
    config_get(key: bigint) {
      const name = text(key);
      const value = own(scope.env, name) ?? own(plan.config, name);
      return value === undefined ? 0n : kernel.write(utf8(value), `the setting ${name}`);
    },
    var_get(key: bigint) {
      const value = vars.get(text(key));
      return value === undefined ? 0n : kernel.write(value, "a variable");
    },
    var_set(key: bigint, value: bigint) {
      vars.set(text(key), value === 0n ? null : kernel.read(value));
    },
    http_request: suspending(async (request, body) => {
      response = null;
      response = await requestForPlugin(kernel.read(request!), {
        body: kernel.read(body!),
        scope,
        maxBytes: plan.maxHttpResponseBytes ?? DEFAULT_RESPONSE_BYTES,
      });
      return kernel.write(response.body, "a response");
    }),
    http_status_code: () => response?.status ?? 0,
    http_headers: () =>
      response === null ? 0n : kernel.write(utf8(response.headersJson), "response headers"),
    log_trace: log("debug"),
    log_debug: log("debug"),
    log_info: log("info"),
    log_warn: log("warn"),
    log_error: log("error"),
    get_log_level: () => WANTED_LOG_LEVEL,
  };
}

function own(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** A plug-in's variables, bounded together. */
class Variables {
  readonly #values = new Map<string, Uint8Array>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(name: string): Uint8Array | undefined {
    return this.#values.get(name);
  }

  /** `null` removes. @throws {PluginError} `PluginLimit` when there would be too much. */
  set(name: string, value: Uint8Array | null): void {
    const before = this.#values.get(name);
    const nameBytes = name.length * 2;
    if (before !== undefined) this.#bytes -= before.length + nameBytes;
    this.#values.delete(name);
    if (value === null) return;
    this.#bytes += value.length + nameBytes;
    if (this.#bytes > this.#maxBytes) {
      throw new PluginError(
        "PluginLimit",
        `Setting a variable: more than ${this.#maxBytes} bytes of variables`,
      );
    }
    this.#values.set(name, value);
  }
}
