/** Sends server-sent events; closed by whoever opened it. */
export interface EventSender {
  /** Sends one event; does nothing once the listener has gone. */
  send(event: string, data: unknown): void;
}

/** Options of {@linkcode eventStream}. */
export interface EventStreamOptions {
  /** Between comments that keep proxies from closing a silent connection. */
  readonly heartbeatMs: number;
  /** Called once, when the listener goes away before the end. */
  readonly onGone: () => void;
}

/**
 * A `text/event-stream` body that `run` writes to; it ends when `run` is done, and aborts when that
 * rejects. What is written while the listener is slow waits in memory: the limits on output and logs
 * bound it.
 */
export function eventStream(
  run: (sender: EventSender) => Promise<void>,
  options: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let open = true;
  let heartbeat: ReturnType<typeof setInterval> | undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => {
        if (open) controller.enqueue(encoder.encode(text));
      };
      heartbeat = setInterval(() => write(": alive\n\n"), options.heartbeatMs);
      write(": open\n\n");
      const sender: EventSender = {
        send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
      };
      const end = (finish: () => void) => {
        clearInterval(heartbeat);
        if (open) finish();
        open = false;
      };
      run(sender).then(
        () => end(() => controller.close()),
        // `run` reports its own failures as events; what is left is a bug, told by an aborted stream.
        (error: unknown) => end(() => controller.error(error)),
      );
    },
    cancel() {
      open = false;
      clearInterval(heartbeat);
      options.onGone();
    },
  });
}
