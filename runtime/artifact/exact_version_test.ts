import assert from "node:assert/strict";
import { isExactVersion } from "./exact_version.ts";

Deno.test("isExactVersion() takes one version, no range, tag or path", () => {
  for (const yes of ["0.0.0", "1.2.3", "10.20.30-rc.1", "1.0.0-0", "1.0.0+build.5", "1.0.0-a+b"]) {
    assert(isExactVersion(yes), yes);
  }
  const others = [
    "",
    "1",
    "1.2",
    "^1.2.3",
    "1.2.x",
    "latest",
    "v1.2.3",
    "=1.2.3",
    "01.2.3",
    "1.2.3 ",
  ];
  for (const no of [...others, "1.2.3/../4", "1.2.3-", "1.2.3\n", "1.0.0-a..b"]) {
    assert(!isExactVersion(no), no);
  }
});
