import type { IncomingMessage } from "node:http";
import { type BodyFlow, type BodyOptions, flowBody, READ_AHEAD_BYTES } from "./body_flow.ts";

/** `incoming` as a web stream: decoded, counted, read no faster than its reader reads. */
export function responseBody(
  incoming: IncomingMessage,
  encodings: readonly string[],
  options: BodyOptions,
): ReadableStream<Uint8Array> {
  let flow: BodyFlow;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      flow = flowBody(incoming, encodings, {
        ...options,
        taker: {
          piece: (bytes) => {
            controller.enqueue(bytes);
            return (controller.desiredSize ?? 0) > 0;
          },
          closed: () => controller.close(),
          failed: (error) => controller.error(error),
        },
      });
    },
    pull: () => flow.resume(),
    cancel: () => flow.cancel(),
  }, new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD_BYTES }));
}
