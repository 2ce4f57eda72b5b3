import { directClient } from "./direct_client.ts";
import type { FrameSocket } from "./protocol/frame_sender.ts";
import type { LineEnd } from "./protocol/poll_body.ts";

/** The way to a gateway that frames go over, in order. */
export interface FrameChannel extends FrameSocket {
  /** Closes it; nothing is told of that. */
  close(code: number, reason: string): void;
}

/** What a channel is opened with. */
export interface FrameChannelOptions {
  /** Of the gateway, without a path. */
  readonly gateway: string;
  /** Prove who connects, with each request. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly onOpen: () => void;
  readonly onFrame: (data: unknown) => void;
  /** Called once, unless it was closed here: also where it never opened. */
  readonly onEnd: (end: LineEnd) => void;
}

const OPEN = 1;

/** A WebSocket to the gateway. */
export function openSocketChannel(options: FrameChannelOptions): FrameChannel {
  const { gateway, headers, onOpen, onFrame, onEnd } = options;
  let client = directClient(new URL(gateway));
  const socket = new WebSocket(`${gateway.replace(/^http/, "ws")}/api/bridge`, {
    headers: { ...headers() },
    ...(client && { client }),
  });
  // It opens the connection, or does not: either way nothing is left for it to do.
  const drop = () => {
    client?.close();
    client = undefined;
  };
  socket.addEventListener("open", drop, { once: true });
  socket.addEventListener("close", drop, { once: true });
  socket.onopen = onOpen;
  socket.onmessage = ({ data }) => onFrame(data);
  socket.onclose = ({ code, reason }) => onEnd({ code, reason });
  // What is wrong is told by the close that follows.
  socket.onerror = () => {};
  return {
    get readyState() {
      return socket.readyState;
    },
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (frame: string) => socket.send(frame),
    close(code, reason) {
      socket.onmessage = null;
      socket.onclose = null;
      if (socket.readyState <= OPEN) socket.close(code >= 4000 ? code : 1000, reason);
    },
  };
}
