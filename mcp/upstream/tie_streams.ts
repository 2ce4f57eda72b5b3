import type { JSONRPCMessage, RequestId, Transport } from "@modelcontextprotocol/client";

/** How long the stream of an answered request may stay open: it usually ends by itself at once. */
const LINGER_MS = 1_000;

/**
 * Ends the stream of a request with the request. The SDK does so for the newest protocol only, and reads
 * on otherwise, whoever has given up. Dispose when the connection ends.
 */
export function tieStreams(transport: Transport): Disposable {
  const streams = new Map<RequestId, AbortController>();
  const sending = new Set<RequestId>();
  const lingering = new Set<ReturnType<typeof setTimeout>>();
  const send = transport.send.bind(transport);
  const deliver = transport.onmessage;

  function end(id: RequestId): void {
    streams.get(id)?.abort(new DOMException("the request has ended", "AbortError"));
    streams.delete(id);
  }

  transport.send = async (message, options) => {
    if (!isRequest(message) || options?.requestSignal !== undefined) {
      await send(message, options);
      const given = cancelledId(message);
      if (given !== undefined) end(given);
      return;
    }
    const { id } = message;
    const controller = new AbortController();
    streams.set(id, controller);
    sending.add(id);
    try {
      await send(message, { ...options, requestSignal: controller.signal });
    } catch (error) {
      streams.delete(id);
      throw error;
    } finally {
      sending.delete(id);
    }
  };
  transport.onmessage = (message, extra) => {
    const { id } = message as { readonly id?: RequestId };
    if ("method" in message || id === undefined) return deliver?.(message, extra);
    // What comes while the request is sent came whole: a stream is read after that.
    if (sending.has(id)) streams.delete(id);
    else if (streams.has(id)) {
      const timer = setTimeout(() => {
        lingering.delete(timer);
        end(id);
      }, LINGER_MS);
      lingering.add(timer);
    }
    deliver?.(message, extra);
  };
  return {
    [Symbol.dispose]() {
      for (const timer of lingering) clearTimeout(timer);
      for (const id of [...streams.keys()]) end(id);
    },
  };
}

function isRequest(message: JSONRPCMessage): message is JSONRPCMessage & { id: RequestId } {
  return "method" in message && "id" in message;
}

function cancelledId(message: JSONRPCMessage): RequestId | undefined {
  if (!("method" in message) || message.method !== "notifications/cancelled") return undefined;
  return (message.params as { readonly requestId?: RequestId } | undefined)?.requestId;
}
