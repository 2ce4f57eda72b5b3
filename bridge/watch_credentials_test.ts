import assert from "node:assert/strict";
import { type BridgeCredentials, writeCredentials } from "./bridge_credentials.ts";
import { watchCredentials } from "./watch_credentials.ts";

Deno.test("watchCredentials() tells of another key for the same gateway, once", async () => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-watch-" });
  const path = `${directory}/credentials.json`;
  const current = { gateway: "https://a.example", apiKey: "old" };
  const seen: BridgeCredentials[] = [];
  const told = Promise.withResolvers<void>();
  try {
    using _watching = watchCredentials(path, {
      ...{ current, lookMs: 2 },
      onChange: (now) => {
        seen.push(now);
        told.resolve();
      },
    });
    // Another gateway's is for the next start; what cannot be read is nobody's.
    for (const gateway of ["https://b.example", "https://a.example"]) {
      await writeCredentials(path, { gateway, apiKey: "new" });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await told.promise;
    await Deno.writeTextFile(path, "{");
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(seen, [{ gateway: "https://a.example", apiKey: "new" }]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
