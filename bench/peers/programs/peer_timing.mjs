/** What the benchmark asks a peer's program to do. */
export const plan = JSON.parse(process.argv.at(-1));

/** The module as a script that ends with the JSON of a call. */
export const script = `${plan.module.replace("export ", "")}
JSON.stringify(${plan.toolName}(${JSON.stringify(plan.params)}));`;

/** Imports by a name that tools do not resolve beforehand: it is installed only for the benchmark. */
export const imported = (name) => import(name);

/**
 * Prints samples of both kinds of call, as the last line.
 * @param open Makes a sandbox from nothing, calls in it, and gives how to call again and to close it.
 */
export async function report(open) {
  const coldMs = [];
  const warmMs = [];
  for (let round = 0; round <= plan.coldRounds; round++) {
    const startedMs = performance.now();
    const { call, close } = await open();
    // The first round loads the library's own code.
    if (round > 0) coldMs.push(performance.now() - startedMs);
    for (let n = 0; n < plan.warmCalls && round > 0; n++) {
      const calledMs = performance.now();
      await call();
      warmMs.push(performance.now() - calledMs);
    }
    await close();
  }
  process.stdout.write(`\n${JSON.stringify({ coldMs, warmMs })}\n`, () => process.exit(0));
}

/** @throws {Error} when a peer did not do the work. */
export function check(output) {
  const expected = JSON.stringify({ sum: plan.params.a + plan.params.b, size: 200 });
  if (output !== expected) throw new Error(`call tool: it gave ${output}`);
}
