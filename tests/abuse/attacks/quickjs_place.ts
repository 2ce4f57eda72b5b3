import { makeQuickjsRuntime } from "../../support/quickjs_attack_runtime.ts";
import type { AttackPlace } from "../../support/run_attacks.ts";
import type { Containment } from "./attack.ts";

const NO_OUTPUT = "there is no Deno namespace and no file: nothing writes to the output";
const NO_DENO = "there is no Deno namespace, as `Deno.exit` shows";
const NO_WORKER = "there is no Worker, as `the Worker global` shows";
const NO_PROCESS = "refused as `process.reallyExit` is";
const NO_MODULE = "the module is a stub that refuses, as `child_process.fork` shows";

/** Attacks written for Deno that say nothing in QuickJS, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "raw stdout": NO_OUTPUT,
  "raw stderr": NO_OUTPUT,
  "binary": NO_OUTPUT,
  "raw stdout without end": NO_OUTPUT,
  "raw stderr without end": NO_OUTPUT,
  "single bytes without end": NO_OUTPUT,
  "Deno.kill of its parent": NO_DENO,
  "Deno.Command": NO_DENO,
  "process.abort": NO_PROCESS,
  "process.kill of itself": NO_PROCESS,
  "crash by native syntax": NO_MODULE,
  "closing the channel": NO_MODULE,
  "closing what it listens to": NO_MODULE,
  "cluster.fork": NO_MODULE,
  "Worker from a blob": NO_WORKER,
  "a class derived from Worker": NO_WORKER,
  "Reflect.construct with another target": NO_WORKER,
  "Worker given its prototype back": NO_WORKER,
  "Worker given Function.prototype": NO_WORKER,
  "what refuses, tampered with": NO_WORKER,
};

const refused: Containment = { codes: ["tool_error"] };

/** Attacks that end otherwise: what they use is not there, or slow. */
const ENDINGS: Readonly<Record<string, Containment>> = {
  // Filling goes byte by byte here: on a busy machine the time is up before the memory is full.
  "Node buffers from a pool": { codes: ["resource_limit", "deadline_exceeded"] },
  "Atomics.wait": refused,
  // The engine takes its time to print: on a busy machine more than there is.
  "things that are slow to print": { codes: ["deadline_exceeded"], mayAnswer: true },
  // What it catches frees what it had: that goes on until its time is up.
  "bomb that catches what it throws": { codes: ["resource_limit", "deadline_exceeded"] },
};

/** QuickJS as a place for the attacks that all runtimes share. */
export const QUICKJS_PLACE: AttackPlace = {
  name: "quickjs",
  levels: ["bubblewrap"],
  makeRuntime: makeQuickjsRuntime,
  leftOut: LEFT_OUT,
  endings: ENDINGS,
  // The first use of what the engine has not ends the call, also where the tool would catch it.
  lacking: "no_runtime",
  tenantAfter: "all",
};
