/**
 * Writes a file that nobody but its owner may read, and that is there only when it is whole.
 * Gzipped where the name ends in `.gz`.
 * @returns What `produce` resolves to.
 */
export async function dumpToFile<T>(
  path: string,
  produce: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const partial = `${path}.partial`;
  const file = await Deno.open(partial, { write: true, create: true, truncate: true, mode: 0o600 });
  let writer: WritableStreamDefaultWriter<string> | undefined;
  let written: Promise<void> | undefined;
  try {
    const encoder = new TextEncoderStream();
    const packed = path.endsWith(".gz")
      ? encoder.readable.pipeThrough(new CompressionStream("gzip"))
      : encoder.readable;
    written = packed.pipeTo(file.writable);
    const open = writer = encoder.writable.getWriter();
    const produced = await produce((text) => open.write(text));
    await open.close();
    await written;
    await Deno.rename(partial, path);
    return produced;
  } catch (error) {
    // The file is closed when all that came before it has given up.
    await Promise.allSettled([writer?.abort(error), written]);
    await Deno.remove(partial);
    throw error;
  }
}
