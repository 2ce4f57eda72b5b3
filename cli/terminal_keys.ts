/**
 * Calls `listener` with each key that is pressed, without waiting for a line, until disposed. Ctrl-C
 * stays what it is.
 */
export function terminalKeys(listener: (key: string) => void): Disposable {
  const { stdin } = Deno;
  let isOver = false;
  stdin.setRaw(true, { cbreak: Deno.build.os !== "windows" });
  const read = async () => {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(64);
    while (!isOver) {
      const count = await stdin.read(buffer);
      if (count === null) return;
      const text = decoder.decode(buffer.subarray(0, count), { stream: true });
      if (!isOver) { for (const key of text) listener(key); }
    }
  };
  read().catch(() => {
    // The terminal has gone: nobody presses a key any more.
  });
  return {
    [Symbol.dispose]() {
      isOver = true;
      try {
        stdin.setRaw(false);
      } catch {
        // The terminal has gone, with whatever state it was in.
      }
    },
  };
}
