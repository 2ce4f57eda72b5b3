import { PLUGIN_PLAN_FILE, type PluginPlan } from "../../spec/plugin.ts";
import { describeFailure } from "../guest/tool_failure.ts";
import { GuestChannel } from "../guest_host/guest_channel.ts";
import { GuestEgress } from "../guest_host/guest_egress.ts";
import { lockDown } from "../guest_host/guest_lockdown.ts";
import { FRAME_KINDS, readU32 } from "../protocol/frame.ts";
import type { HostMessage } from "../protocol/messages.ts";
import { MODULE_LIMITS } from "./guest_module_limits.ts";
import { refused } from "./guest_plugin_error.ts";
import { compilePlugin, type Plugin } from "./guest_plugin.ts";
import { PluginCalls } from "./guest_plugin_calls.ts";
import { warmUp } from "./guest_warm_up.ts";

type LoadMessage = Extract<HostMessage, { type: "load" }>;

const decoder = new TextDecoder();
const { exit } = Deno;

/**
 * The trusted program inside a sandbox process for plug-ins: compiles one plug-in, then runs calls of
 * it until the gateway goes away. Plug-ins are WebAssembly and reach nothing but their imports, so
 * unlike a tool written in JavaScript they cannot tamper with this realm.
 */
async function runPluginGuest(): Promise<never> {
  const channel = await GuestChannel.open();
  let requesting: number | null = null;
  const egress = new GuestEgress(channel, () => requesting);
  const calls = new PluginCalls(channel, {
    egressFor: (call) => ({
      request(request, signal) {
        requesting = call;
        return egress.request(request, signal);
      },
    }),
  });
  lockDown();
  let plugin: Plugin | null = null;
  let env: Readonly<Record<string, string>> = {};
  const load = (message: LoadMessage) => {
    const startedAt = performance.now();
    try {
      if (plugin !== null) throw new Error("Loading: a plug-in is loaded already");
      env = message.env;
      plugin = loadPlugin(new URL(message.url));
      channel.send({ type: "loaded", importMs: performance.now() - startedAt });
    } catch (thrown) {
      channel.send({ type: "load-failed", thrown: describeFailure(thrown) });
    }
  };
  channel.send({ type: "ready" });
  await warmUp(calls);
  for (;;) {
    const frame = await channel.next();
    // The gateway has gone: nothing is left to work for.
    if (frame === null) return exit(0);
    if (frame.kind === FRAME_KINDS.data) {
      egress.onData(readU32(frame.payload, 0), frame.payload.slice(4));
      continue;
    }
    const message: HostMessage = JSON.parse(decoder.decode(frame.payload));
    if (message.type === "load") load(message);
    else if (message.type === "describe" && plugin !== null) {
      calls.describe(plugin).then((report) => channel.send({ type: "described", report }))
        .catch((thrown) => channel.send({ type: "load-failed", thrown: describeFailure(thrown) }));
    } else if (message.type === "call") void calls.run(plugin, { message, env });
    else if (message.type === "abort") calls.abort(message.call);
    else egress.onMessage(message);
  }
}

/** Reads the plan that `url` names; its query says how much memory the process was made for. */
function loadPlugin(url: URL): Plugin {
  const memoryBytes = Number(url.searchParams.get("memoryBytes"));
  const readFile = (name: string) => {
    const file = new URL(name, url);
    // Reading what is too large could end the process before it can say why.
    if (Deno.statSync(file).size > MODULE_LIMITS.totalBytes) {
      throw refused("the plug-in", `more than ${MODULE_LIMITS.totalBytes} bytes`);
    }
    return Deno.readFileSync(file);
  };
  const plan: PluginPlan = JSON.parse(decoder.decode(readFile(PLUGIN_PLAN_FILE)));
  return compilePlugin(plan, { readFile, memoryBytes });
}

await runPluginGuest();
