import type { JsonObject } from "../spec/json.ts";
import { CallRefusal } from "./call_refusal.ts";
import type { ApprovedTool, KeptApprovals } from "./kept_approvals.ts";
import { previewArgs } from "./preview_args.ts";

/** What whoever is at the machine is asked. */
export interface ApprovalQuestion {
  readonly serverId: string;
  readonly toolName: string;
  readonly description: string;
  /** Arguments in short, without what is called a secret. */
  readonly args: string;
  /** Who calls, as the gateway says. */
  readonly caller: string;
}

/** Yes to this call, to every call of the tool as it is, or no. */
export type ApprovalAnswer = "yes" | "always" | "no";

/** Asks whoever is at the machine; nobody answers any more once the signal aborts. */
export type AskApproval = (
  question: ApprovalQuestion,
  signal: AbortSignal,
) => Promise<ApprovalAnswer>;

/** A call that may need a yes. */
export interface AskedCall extends ApprovedTool {
  readonly args: JsonObject;
  readonly caller: string;
  readonly signal: AbortSignal;
}

/** Options of {@linkcode ToolApprovals}. */
export interface ToolApprovalsOptions {
  /** Absent where none is approved for good. */
  readonly kept?: KeptApprovals;
  /** Absent where nobody can be asked: then nothing is approved. */
  readonly ask?: AskApproval;
  /** After so long without an answer, it is no. */
  readonly answerMs: number;
}

/** Calls that wait for their question: more are refused. */
const MAX_WAITING = 16;

/** Asks whoever has the machine about tools that they have not approved, one question at a time. */
export class ToolApprovals {
  readonly #options: ToolApprovalsOptions;
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: ToolApprovalsOptions) {
    this.#options = options;
  }

  /**
   * Returns where the call may go on.
   * @throws {CallRefusal} `not_allowed` after a no or none, `busy`, `cancelled`.
   */
  async require(call: AskedCall): Promise<void> {
    const { kept, ask } = this.#options;
    if (kept?.has(call)) return;
    const name = `${call.server.id} ${call.tool.name}`;
    if (ask === undefined) {
      throw new CallRefusal(
        "not_allowed",
        `${name} is not approved on this machine, and nobody can be asked: run ` +
          "`airlock bridge start` in a terminal there, call it again, and answer with “always”",
      );
    }
    if (this.#waiting >= MAX_WAITING) {
      throw new CallRefusal("busy", `${MAX_WAITING} calls wait for an answer on this machine`);
    }
    this.#waiting++;
    const before = this.#turn;
    const mine = Promise.withResolvers<void>();
    this.#turn = mine.promise;
    try {
      await before;
      if (call.signal.aborted) throw takenBack();
      // Another call of it may have been answered for good meanwhile.
      if (!kept?.has(call)) await this.#ask(call, ask);
    } finally {
      this.#waiting--;
      mine.resolve();
    }
  }

  async #ask(call: AskedCall, ask: AskApproval): Promise<void> {
    const { server, tool, args, caller, signal } = call;
    const { description } = tool;
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), this.#options.answerMs);
    let answer: ApprovalAnswer;
    try {
      answer = await ask({
        ...{ serverId: server.id, toolName: tool.name, caller, args: previewArgs(args) },
        description: typeof description === "string" ? description : "",
      }, AbortSignal.any([signal, end.signal]));
    } finally {
      clearTimeout(timer);
    }
    if (signal.aborted) throw takenBack();
    if (answer === "no") {
      throw new CallRefusal(
        "not_allowed",
        end.signal.aborted
          ? "nobody on the machine answered in time whether the tool may be called"
          : "whoever is at the machine did not allow the call",
      );
    }
    if (answer === "always") await this.#options.kept?.add(call);
  }
}

function takenBack(): CallRefusal {
  return new CallRefusal("cancelled", "the call was taken back");
}
