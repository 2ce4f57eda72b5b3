import { ProtocolError, SdkError, SdkErrorCode } from "@modelcontextprotocol/client";
import { CallRefusal } from "./call_refusal.ts";

/** Why a server did not answer; `signal` is that of the call. */
export function refusalOf(error: unknown, signal: AbortSignal): CallRefusal {
  if (error instanceof CallRefusal) return error;
  if (signal.aborted) return new CallRefusal("cancelled", "the call was taken back");
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof ProtocolError) return new CallRefusal("failed", text);
  if (error instanceof SdkError) {
    if (error.code === SdkErrorCode.RequestTimeout) {
      return new CallRefusal("deadline_exceeded", text);
    }
    if (error.code === SdkErrorCode.ConnectionClosed || error.code === SdkErrorCode.NotConnected) {
      return new CallRefusal("server_unavailable", "the server ended meanwhile");
    }
  }
  return new CallRefusal("failed", text);
}
