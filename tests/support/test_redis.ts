const URL_OF_TESTS = Deno.env.get("AIRLOCK_TEST_REDIS_URL") ?? "redis://127.0.0.1:6379";

/** Longest wait for a server to answer. */
const ANSWER_MS = 1_000;

/** Why tests of Redis cannot run; `undefined` where they can. With `CI=true` they always run. */
const NO_REDIS = await whyNoRedis();

/** Registers a test that needs a Redis server, and gives it the server's address. */
export function testRedis(
  name: string,
  fn: (url: string, t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({
    name: NO_REDIS === undefined ? name : `${name} (${NO_REDIS})`,
    // Only where there is no server, which the name then says; with CI=true there has to be one.
    ignore: NO_REDIS !== undefined,
    fn: (t) => fn(URL_OF_TESTS, t),
  });
}

async function whyNoRedis(): Promise<string | undefined> {
  if (Deno.env.get("CI") === "true") return undefined;
  const { hostname, port } = new URL(URL_OF_TESTS);
  try {
    using socket = await Deno.connect({
      hostname,
      port: Number(port || 6379),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await socket.write(new TextEncoder().encode("PING\r\n"));
    return undefined;
  } catch {
    // Whatever the reason: nobody is there.
    return "redis: no server at AIRLOCK_TEST_REDIS_URL";
  }
}
