/** Prints how many milliseconds reading, compiling and evaluating a module takes. */
const startedAt = performance.now();
await import(Deno.args[0]!);
const tookMs = performance.now() - startedAt;
Deno.stdout.writeSync(new TextEncoder().encode(String(tookMs)));
