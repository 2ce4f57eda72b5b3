import assert from "node:assert/strict";
import { PEERS } from "./peers.ts";

Deno.test("PEERS are pinned to exact versions and have their programs", async () => {
  for (const { packages, program } of PEERS) {
    await Deno.stat(new URL(`programs/${program}`, import.meta.url));
    for (const nodeMajor of [null, 20, 24]) {
      for (const version of Object.values(packages(nodeMajor))) {
        assert.match(version, /^\d+\.\d+\.\d+$/);
      }
    }
  }
});
