import { z } from "zod";
import { AirlockError, ERROR_TABLE, type ErrorCode } from "../../spec/errors.ts";
import type { JsonValue } from "../../spec/json.ts";

/** What an executor says that it ran. */
export interface ExecutorRan {
  readonly version: string | null;
  /** Absent where it does not say what that consists of. */
  readonly lockHash?: string;
}

/** What an executor answered, in our words. */
export type ExecutorAnswer =
  & ExecutorRan
  & (
    | { readonly success: true; readonly output: JsonValue }
    | { readonly success: false; readonly error: AirlockError }
  );

const ranSchema = z.object({
  version: z.string().max(256).nullish().catch(null),
  lockHash: z.string().max(256).nullish().catch(null),
}).nullish().catch(undefined);

// Executors that are older than codes say `success`, `output` and `error` only.
const answerSchema = z.discriminatedUnion("success", [
  z.object({ success: z.literal(true), output: z.json().optional(), meta: ranSchema }),
  z.object({
    success: z.literal(false),
    error: z.string().max(64 * 1024).catch("the executor gave no reason"),
    code: z.string().optional().catch(undefined),
    suggestion: z.string().max(4096).optional().catch(undefined),
    retryable: z.boolean().optional().catch(undefined),
    retryAfterMs: z.number().min(0).max(3_600_000).optional().catch(undefined),
    meta: ranSchema,
  }),
]);

/** Codes that are about us as the executor's caller: ours has done nothing wrong. */
const ABOUT_US: ReadonlySet<string> = new Set(["unauthenticated", "rate_limited", "internal"]);

/**
 * Reads the answer to `POST /execute-tool`.
 * @throws {AirlockError} `upstream_failed` when it is not of the executor contract.
 */
export function readAnswer(status: number, text: string): ExecutorAnswer {
  const parsed = answerSchema.safeParse(parseJson(text));
  if (!parsed.success) throw notOfTheContract(status);
  const answer = parsed.data;
  const { version, lockHash } = answer.meta ?? {};
  const ran: ExecutorRan = { version: version ?? null, ...(lockHash && { lockHash }) };
  if (answer.success) return { success: true, output: answer.output ?? null, ...ran };
  return { success: false, error: failureOf(status, answer), ...ran };
}

type FailedAnswer = Extract<z.output<typeof answerSchema>, { success: false }>;

function failureOf(status: number, answer: FailedAnswer): AirlockError {
  if (ABOUT_US.has(answer.code ?? "") || status === 401) {
    return new AirlockError("upstream_failed", `Asking the executor: ${answer.error}`, {
      stage: "execute",
      suggestion: status === 401 ? "Check the secret that is set for this executor" : undefined,
      retryAfterMs: answer.retryAfterMs,
    });
  }
  const code = codeOf(answer.code) ?? (status === 200 ? "tool_error" : "upstream_failed");
  const { suggestion, retryable, retryAfterMs } = answer;
  return new AirlockError(code, answer.error, {
    ...{ stage: "execute", suggestion, retryable, retryAfterMs },
  });
}

function codeOf(code: string | undefined): ErrorCode | undefined {
  return code !== undefined && Object.hasOwn(ERROR_TABLE, code) ? code as ErrorCode : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told as an answer that is not of the contract.
    return undefined;
  }
}

function notOfTheContract(status: number): AirlockError {
  return new AirlockError(
    "upstream_failed",
    `Asking the executor: its answer (HTTP ${status}) is not one of an executor`,
    {
      stage: "execute",
      suggestion: "Check that the executor's URL is the part before /execute-tool",
      retryable: false,
    },
  );
}
