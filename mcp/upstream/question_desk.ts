import { type Client, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/client";
import type { JsonObject } from "../../spec/json.ts";
import type { McpAbility, McpAsking, McpQuestion } from "../../spec/mcp_asking.ts";
import type { UpstreamLimits } from "./upstream_limits.ts";

/** What passes on the questions of a server, of one client's abilities. */
export interface QuestionDeskOptions {
  readonly abilities: readonly McpAbility[];
  readonly limits: Pick<UpstreamLimits, "questions" | "questionBytes">;
}

interface Asked {
  readonly ask: McpAsking["ask"];
  readonly signal: AbortSignal;
}

/**
 * Passes what a server asks on to the client whose call runs. A connection is one client's alone where
 * it can be asked at all, so that no question reaches anybody else.
 */
export class QuestionDesk {
  readonly #limits: QuestionDeskOptions["limits"];
  readonly #asked = new Set<Asked>();
  #open = 0;

  constructor(
    client: Pick<Client, "setRequestHandler">,
    { abilities, limits }: QuestionDeskOptions,
  ) {
    this.#limits = limits;
    if (abilities.includes("form") || abilities.includes("url")) {
      client.setRequestHandler(
        "elicitation/create",
        ({ params }, { mcpReq: { signal } }) =>
          this.#ask({ method: "elicitation/create", params: params as JsonObject }, signal),
      );
    }
    if (abilities.includes("sampling")) {
      client.setRequestHandler(
        "sampling/createMessage",
        ({ params }, { mcpReq: { signal } }) =>
          this.#ask({ method: "sampling/createMessage", params: params as JsonObject }, signal),
      );
    }
  }

  /** Lets a call's client be asked until that is disposed. */
  enter(ask: McpAsking["ask"], signal: AbortSignal): Disposable {
    const asked = { ask, signal };
    this.#asked.add(asked);
    return { [Symbol.dispose]: () => void this.#asked.delete(asked) };
  }

  async #ask<T>(question: McpQuestion, signal: AbortSignal): Promise<T> {
    // All of them are of the same client, and the newest is most likely the one that it is about.
    const asked = [...this.#asked].at(-1);
    if (asked === undefined) throw refused("nobody waits for an answer of this server");
    const { questions, questionBytes } = this.#limits;
    if (this.#open >= questions) throw refused("it has too many questions at once");
    if (JSON.stringify(question).length > questionBytes) throw refused("the question is too long");
    this.#open++;
    try {
      return await asked.ask(question, AbortSignal.any([signal, asked.signal])) as T;
    } finally {
      this.#open--;
    }
  }
}

function refused(state: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidRequest, `ask the client: ${state}`);
}
