import type { LoggingLevel, RequestId } from "@modelcontextprotocol/server";
import { z } from "zod";
import { abilitiesOf } from "../asking/client_abilities.ts";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import type { McpAbility } from "../../spec/mcp_asking.ts";
import type { SessionAnswer } from "./session_questions.ts";

const requestId = z.union([z.string().max(1_024), z.number()]);

const messageSchema = z.object({
  id: requestId.optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});

const initializeSchema = z.object({ capabilities: z.unknown() });

const answerSchema = z.union([
  z.object({ id: requestId, result: z.custom<JsonObject>(isJsonObject) }),
  z.object({ id: requestId, error: z.object({ message: z.string().catch("") }) }),
]);

const cancelSchema = z.object({
  requestId,
  reason: z.string().max(1_024).optional().catch(undefined),
});

/** What of log lines clients may ask for, the least first. */
export const LEVELS = [
  ...["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"] as const,
] as const satisfies readonly LoggingLevel[];

const levelSchema = z.object({ level: z.enum(LEVELS) });

/** What a body of the session era says that goes beyond one request. */
export interface SessionMessages {
  /** Ids of its requests. */
  readonly ids: readonly RequestId[];
  readonly begins: boolean;
  /** What the client can be asked, where it begins. */
  readonly abilities: readonly McpAbility[];
  /** What it says to questions of ours. */
  readonly answers: readonly SessionAnswer[];
  readonly cancels: readonly { readonly requestId: RequestId; readonly reason?: string }[];
  readonly level?: LoggingLevel;
}

/** Reads a body, one message or several. What is malformed is left to whoever answers it. */
export function sessionMessages(body: unknown): SessionMessages {
  const messages = (Array.isArray(body) ? body : [body]).flatMap((one) => {
    const parsed = messageSchema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
  const paramsOf = <T>(method: string, schema: z.ZodType<T>): T[] =>
    messages.flatMap((one) => {
      const params = one.method === method ? schema.safeParse(one.params) : undefined;
      return params?.success ? [params.data] : [];
    });
  return {
    ids: messages.flatMap(({ id, method }) => id !== undefined && method !== undefined ? [id] : []),
    begins: messages.some(({ method }) => method === "initialize"),
    abilities: abilitiesOf(paramsOf("initialize", initializeSchema).at(-1)?.capabilities),
    answers: messages.flatMap((one) => {
      const answer = one.method === undefined ? answerSchema.safeParse(one) : undefined;
      return answer?.success ? [answer.data] : [];
    }),
    cancels: paramsOf("notifications/cancelled", cancelSchema),
    level: paramsOf("logging/setLevel", levelSchema).at(-1)?.level,
  };
}
