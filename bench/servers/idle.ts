// Waits for the end of standard input: what a Deno process takes by itself.
await Deno.stdin.read(new Uint8Array(1));
