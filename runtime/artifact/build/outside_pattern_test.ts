import { equal } from "node:assert/strict";
import { outsidePattern } from "./outside_pattern.ts";

Deno.test("outsidePattern() matches exactly what lies outside", () => {
  const prefix = "/tmp/a.b-c^[x]/";
  const pattern = outsidePattern(prefix);
  for (const inside of [prefix + "x.js", prefix + "../odd", prefix]) {
    equal(pattern.test(inside), false, inside);
  }
  const outside = ["/", "", "/tmp", "/tmp/a.b-c^[x]", "/tmp/aXb-c^[x]/y", "/etc/passwd", "tmp/a.b"];
  for (let i = 0; i < prefix.length; i++) {
    outside.push(`${prefix.slice(0, i)}\n${prefix.slice(i + 1)}y`);
  }
  for (const path of outside) equal(pattern.test(path), true, JSON.stringify(path));
});
