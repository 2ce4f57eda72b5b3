import type { Caller } from "../../spec/account.ts";
import type { CallGrant } from "../../spec/call_grant.ts";
import type { CallOrigin } from "../../spec/call_origin.ts";
import type { Elsewhere, ElsewhereAnswer } from "../../spec/elsewhere.ts";
import type { Executor } from "../../spec/execution.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import { refusal } from "./refusal.ts";
import { textOfResult } from "./text_of_result.ts";

/** One use of a server that is in no sandbox, as it is counted and logged. */
export interface ElsewhereUse<T> {
  readonly source: Elsewhere["source"];
  /** What the server is called, and what of it is used. */
  readonly server: string;
  readonly name: string;
  readonly params: JsonObject;
  readonly caller: Caller;
  readonly requestId: string;
  readonly grant: CallGrant;
  readonly origin: CallOrigin | undefined;
  readonly signal: AbortSignal;
  /** Uses it. @throws {AirlockError} for whatever is not an answer of the server's. */
  readonly run: (signal: AbortSignal) => Promise<T>;
}

/**
 * Has a call of a tool counted, bounded and logged as those in sandboxes are. A failure of the tool
 * itself is a result.
 * @throws {AirlockError} for whatever else it ended with.
 */
export async function callElsewhere(
  executor: Executor,
  use: ElsewhereUse<McpToolResult>,
): Promise<McpToolResult> {
  return await answerOf(executor, use, (answer) => {
    const failure = answer.isError === true ? textOfResult(answer) : null;
    return { output: { ...answer, content: [...answer.content] }, failure };
  });
}

/**
 * Has any other request counted, bounded and logged as calls are.
 * @throws {AirlockError} for whatever else than an answer it ended with.
 */
export async function requestElsewhere(
  executor: Executor,
  use: ElsewhereUse<JsonObject>,
): Promise<JsonObject> {
  return await answerOf(executor, use, (answer) => ({ output: answer, failure: null }));
}

async function answerOf<T>(
  executor: Executor,
  use: ElsewhereUse<T>,
  logged: (answer: T) => ElsewhereAnswer,
): Promise<T> {
  const { source, server, name, params, caller: { tenant }, requestId, grant, origin, signal } =
    use;
  let answered: { readonly answer: T } | undefined;
  const result = await executor.execute(
    { packageName: server, name, params, env: {} },
    {
      ...{ tenant, requestId, grant, origin, signal },
      elsewhere: {
        source,
        async run(signal) {
          const answer = await use.run(signal);
          answered = { answer };
          return logged(answer);
        },
      },
    },
  );
  const isAnswer = result.success || result.code === "tool_error";
  if (isAnswer && answered !== undefined) return answered.answer;
  throw refusal(result);
}
