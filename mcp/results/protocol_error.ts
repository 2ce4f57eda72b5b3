import { ProtocolError } from "@modelcontextprotocol/server";
import { AirlockError, ERROR_TABLE } from "../../spec/errors.ts";

/** What a refusal says beside its words. */
export interface RefusalData {
  readonly code: string;
  readonly suggestion?: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * A refusal as JSON-RPC says it: the code of its row in `ERROR_TABLE`, ours in `data`. What nobody
 * foresaw is told as `internal`, and nothing of it.
 */
export function protocolError(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error;
  if (!(error instanceof AirlockError)) {
    const { mcpCode, retryable } = ERROR_TABLE.internal;
    const data: RefusalData = { code: "internal", retryable };
    return new ProtocolError(mcpCode, "answer request: the gateway failed", data);
  }
  const { code, suggestion, retryable, retryAfterMs, details } = error;
  const data: RefusalData = {
    ...{ code, suggestion, retryable, retryAfterMs },
    ...(Object.keys(details).length > 0 && { details }),
  };
  return new ProtocolError(
    ERROR_TABLE[code].mcpCode ?? ERROR_TABLE.internal.mcpCode,
    error.message,
    data,
  );
}
