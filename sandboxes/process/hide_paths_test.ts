import assert from "node:assert/strict";
import { hidePaths } from "./hide_paths.ts";

Deno.test("hidePaths() names every directory of the host by what stands for it", () => {
  const hidden = hidePaths({
    name: "Error",
    message: "cannot read /data/my run/1/code/a.mjs or /data/guest/b.js",
    stack: "at file:///data/my%20run/1/code/a.mjs\nat file:///data/my%20run/1/code/a.mjs",
  }, [["/data/my run/1/code", "/tool"], ["/data/guest", "/airlock/guest"]]);
  assert.equal(hidden.message, "cannot read /tool/a.mjs or /airlock/guest/b.js");
  assert.equal(hidden.stack, "at file:///tool/a.mjs\nat file:///tool/a.mjs");
});

Deno.test("hidePaths() leaves everything else alone", () => {
  const thrown = { name: "E", message: "$& $1 /elsewhere" };
  assert.deepEqual(hidePaths(thrown, [["/data", "/tool"]]), thrown);
});
