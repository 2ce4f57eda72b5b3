import { ExtismRuntime } from "../sandboxes/extism/extism_runtime.ts";
import { buildExtismGuest } from "../sandboxes/extism/extism_program.ts";
import { probeIsolation } from "../sandboxes/process/isolation.ts";
import { pluginCallRules } from "./conformance/plugin_call_rules.ts";
import { pluginRules } from "./conformance/plugin_rules.ts";
import { describeSandbox } from "./sandbox_conformance.ts";

const denoPath = Deno.execPath();
const searchPath = (Deno.env.get("PATH") ?? "").split(":");
const isolation = await probeIsolation({ denoPath, searchPath });

let programs = "";
let guestFile = "";
Deno.test.beforeAll(async () => {
  programs = await Deno.makeTempDir({ prefix: "airlock-guest-" });
  guestFile = await buildExtismGuest(programs);
});
Deno.test.afterAll(() => Deno.remove(programs, { recursive: true }));

const JAVASCRIPT = "it is about values and objects of JavaScript, which a plug-in does not have";
const NO_CODE_AT_LOAD = "loading compiles a plug-in and runs none of its code";
const NO_STREAMS = "Extism's interface knows one output and whole response bodies, no streams";
const NO_REACH = "a plug-in reaches its own memory and its imports, nothing that writes frames";
const INSTANCE_ENDS = "an instance ends with its call, so nothing of it runs afterwards";

describeSandbox({
  name: `extism, ${isolation.level}`,
  rules: { ...pluginRules, ...pluginCallRules },
  skips: {
    "plain, async and default exports are called": JAVASCRIPT,
    "an AI SDK tool gets its input, an abort signal and the call's id": JAVASCRIPT,
    "a namespace that resolves to something else has no tools": JAVASCRIPT,
    "a module may throw what is no error": JAVASCRIPT,
    "limits hold in a realm that the tool has poisoned": JAVASCRIPT,
    "what a module throws is the tool's error, at stage load": NO_CODE_AT_LOAD,
    "a module that never finishes is ended at its deadline": NO_CODE_AT_LOAD,
    "a module that fills the memory is ended": NO_CODE_AT_LOAD,
    "what a module prints while it loads is not an obstacle": NO_CODE_AT_LOAD,
    "a tool that forges credit gets no more than a window": NO_REACH,
    "a message that is none harms nobody but the tool": NO_REACH,
    "a tool cannot answer for another call, or twice": NO_REACH,
    "what one call has under way takes nothing from another":
      "a plug-in waits for each request, so a call has one under way at most",
    "a tool that asks and never reads the answers is ended or held":
      "a request suspends the plug-in until its answer was read",
    "a request at load is refused": NO_CODE_AT_LOAD,
    "disposing while it loads fails the load": NO_CODE_AT_LOAD,
    "a request after the call has ended is refused": INSTANCE_ENDS,
    "an error that nobody handles spoils the sandbox, not the gateway": INSTANCE_ENDS,
    "an abort is told to the tool, which may end by itself": "Extism has no way to tell it",
    "a heap that is full ends the call": "a plug-in's heap is its linear memory, see the next rule",
    "the end of the process fails every call exactly once":
      "it is the gateway's end that is tested, the same as for deno",
    "private files vanish with the sandbox": "there are no files: selection refuses fs",
    "one huge line is cut, whatever else the call may put out":
      "a line is as long as a block; see the rule on log text",
    "raw output is bounded like logs, and a flood ends the call":
      "a plug-in cannot write to its process's output",
    "log lines keep their order, level and text": "levels are tested with the host functions",
    "writing to the environment stays inside": "the environment cannot be written",
    "items of a generator come in order and before the result": NO_STREAMS,
    "a readable stream and an AI SDK generator are read to their end": NO_STREAMS,
    "a stream may be as large as outputBytes, not larger": NO_STREAMS,
    "a large answer streams through while little of it is held": NO_STREAMS,
    "an answer that nobody reads is not pulled": NO_STREAMS,
    "a large upload streams through, as fast as it is read": NO_STREAMS,
    "an upload that nobody reads is not made": NO_STREAMS,
    "giving up in the middle of an answer stops it at its source": NO_STREAMS,
    "an answer that breaks off breaks off for the tool": NO_STREAMS,
  },
  async open() {
    const runDirectory = await Deno.makeTempDir({ prefix: "airlock-run-" });
    return {
      runtime: new ExtismRuntime({ denoPath, isolation, guestFile, runDirectory }),
      runDirectory,
      [Symbol.asyncDispose]: () => Deno.remove(runDirectory, { recursive: true }),
    };
  },
});
