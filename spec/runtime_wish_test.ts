import assert from "node:assert/strict";
import { mergeWishes } from "./runtime_wish.ts";

Deno.test("mergeWishes() lets the call choose and holds it to the constraints of both", () => {
  const merged = mergeWishes(
    { preferred: "deno", constraints: { maxColdMs: 50, needs: ["jit"] } },
    {
      preferred: "quickjs",
      fallbacks: ["extism"],
      constraints: { minIsolation: "rlimits", maxColdMs: 20, needs: ["jit", "intl"] },
    },
  );
  assert.deepEqual(merged, {
    preferred: "deno",
    fallbacks: ["extism"],
    constraints: { minIsolation: "rlimits", maxColdMs: 20, needs: ["jit", "intl"] },
  });
  const strict = { constraints: { minIsolation: "bubblewrap" as const } };
  const loose = { constraints: { minIsolation: "permissions" as const } };
  for (const pair of [mergeWishes(strict, loose), mergeWishes(loose, strict)]) {
    assert.equal(pair.constraints?.minIsolation, "bubblewrap");
  }
});
