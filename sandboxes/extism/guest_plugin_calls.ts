import type { EgressPort } from "../../spec/egress.ts";
import { isJsonObject, type JsonValue } from "../../spec/json.ts";
import type { ProbeReport } from "../../spec/sandbox.ts";
import { describeFailure } from "../guest/tool_failure.ts";
import type { GuestChannel } from "../guest_host/guest_channel.ts";
import type { CallFailure, HostMessage } from "../protocol/messages.ts";
import type { CallScope } from "./guest_call_scope.ts";
import { GuestCallLog } from "../guest_host/guest_call_log.ts";
import { decodeOutput, encodeInput, InputFormatError, OutputFormatError } from "./guest_codec.ts";
import { compileKernel } from "./guest_kernel.ts";
import type { Plugin } from "./guest_plugin.ts";
import { PluginError } from "./guest_plugin_error.ts";
import { utf8 } from "./guest_plugin_http.ts";
import {
  callableExports,
  DESCRIBE_EXPORT,
  describesItself,
  listPluginTools,
  routeOf,
  type ToolRoute,
} from "./guest_plugin_tools.ts";
import { runExport } from "./guest_run_export.ts";
import { OUTPUT_TOO_LARGE } from "./guest_standard_streams.ts";

type CallMessage = Extract<HostMessage, { type: "call" }>;

/** Bytes that a plug-in may put out while it is only asked what it offers. */
const DESCRIBE_BYTES = 1024 * 1024;

/** Number of no call: the gateway refuses requests that belong to it. */
const NO_CALL = 0;

/** Raised when a plug-in puts out more than its call may. */
class OutputLimitError extends Error {
  override readonly name = "OutputLimitError";
}

/** Runs calls of one plug-in; each in instances of its own. */
export class PluginCalls {
  readonly #channel: GuestChannel;
  readonly #egressFor: (call: number) => EgressPort;
  readonly #kernelModule = compileKernel();
  readonly #running = new Map<number, AbortController>();

  constructor(
    channel: GuestChannel,
    { egressFor }: { readonly egressFor: (call: number) => EgressPort },
  ) {
    this.#channel = channel;
    this.#egressFor = egressFor;
  }

  abort(call: number): void {
    this.#running.get(call)?.abort(new Error("the caller gave up"));
  }

  /** Runs one call to its end; every outcome becomes exactly one frame. */
  async run(
    plugin: Plugin | null,
    { message, env }: { readonly message: CallMessage; readonly env: CallScope["env"] },
  ): Promise<void> {
    const { call, toolName, params, outputBytes, logBytes } = message;
    const startedAt = performance.now();
    const abort = new AbortController();
    const log = new GuestCallLog(this.#channel, { call, logBytes });
    this.#running.set(call, abort);
    const end = (failure: CallFailure) => this.#channel.send({ type: "failed", call, failure });
    try {
      if (plugin === null) throw new Error("Running the tool: nothing was loaded");
      const route = routeOf(plugin, toolName);
      if (route === null) return end({ kind: "not-found", available: callableExports(plugin) });
      const input = encodeInput(routedParams(route, { toolName, params }), route.input);
      const output = await runExport(plugin, {
        kernelModule: this.#kernelModule,
        exportName: route.exportName,
        input,
        scope: {
          env,
          egress: this.#egressFor(call),
          signal: abort.signal,
          outputBytes,
          log: (level, line) => log.write(level, line),
        },
      });
      if (output.length > outputBytes) throw new OutputLimitError(OUTPUT_TOO_LARGE);
      const jsonText = decodeOutput(output, route.output);
      if (route.isDispatched) refuseErrorResult(JSON.parse(jsonText));
      if (utf8(jsonText).length > outputBytes) throw new OutputLimitError(OUTPUT_TOO_LARGE);
      log.close();
      this.#channel.sendResult(call, { toolMs: performance.now() - startedAt, jsonText });
    } catch (thrown) {
      log.close();
      end(failureOf(thrown, outputBytes));
    } finally {
      this.#running.delete(call);
    }
  }

  /** Runs one export without a network, and returns what it puts out. */
  async rehearse(plugin: Plugin, exportName: string): Promise<Uint8Array> {
    return await runExport(plugin, {
      kernelModule: this.#kernelModule,
      exportName,
      input: utf8("{}"),
      scope: {
        env: {},
        egress: this.#egressFor(NO_CALL),
        signal: new AbortController().signal,
        outputBytes: DESCRIBE_BYTES,
        log: () => {},
      },
    });
  }

  /** Lists the tools; runs the plug-in's own `describe` where it has one. */
  async describe(plugin: Plugin): Promise<ProbeReport> {
    if (!describesItself(plugin)) return listPluginTools(plugin, undefined);
    try {
      const output = await this.rehearse(plugin, DESCRIBE_EXPORT);
      const described: JsonValue = JSON.parse(new TextDecoder().decode(output));
      return listPluginTools(plugin, described);
    } catch (thrown) {
      const { message } = describeFailure(thrown);
      const report = listPluginTools(plugin, undefined);
      return {
        ...report,
        warnings: [...report.warnings, `Its describe export failed: ${message}`],
      };
    }
  }
}

/** A plug-in that runs tools through one export is told which, in MCP's words. */
function routedParams(
  route: ToolRoute,
  { toolName, params }: { readonly toolName: string; readonly params: JsonValue },
): JsonValue {
  if (!route.isDispatched) return params;
  return { method: "tools/call", params: { name: toolName, arguments: params } };
}

/** A result of MCP's that says it is an error becomes one. */
function refuseErrorResult(result: JsonValue): void {
  if (!isJsonObject(result) || result.isError !== true) return;
  const content = Array.isArray(result.content) ? result.content.filter(isJsonObject) : [];
  const texts = content.map(({ text }) => text).filter((text) => typeof text === "string");
  throw new PluginError("PluginFailed", texts.join("\n") || "the tool reported an error");
}

function failureOf(thrown: unknown, outputBytes: number): CallFailure {
  if (thrown instanceof InputFormatError) {
    return { kind: "invalid-input", issues: [{ path: "", message: thrown.message }] };
  }
  if (thrown instanceof OutputFormatError) {
    return { kind: "not-encodable", path: "$", reason: thrown.message };
  }
  if (thrown instanceof OutputLimitError) {
    return { kind: "output-too-large", limitBytes: outputBytes };
  }
  return { kind: "threw", thrown: describeFailure(thrown) };
}
