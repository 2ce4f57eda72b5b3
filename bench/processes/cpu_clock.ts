/**
 * Milliseconds that a process of this machine has spent on a processor: unlike the time that passes,
 * not longer where others are busy. `undefined` where it is no process of that name here.
 */
export async function cpuClock(
  pid: number,
  program: string,
): Promise<(() => number) | undefined> {
  try {
    const name = await Deno.readTextFile(`/proc/${pid}/comm`);
    if (name.trim() !== program) return undefined;
    // Nanoseconds on the processor come first.
    const read = () => Number(Deno.readTextFileSync(`/proc/${pid}/schedstat`).split(" ")[0]) / 1e6;
    read();
    return read;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
