import assert from "node:assert/strict";
import { deniedRanges } from "./denied_ranges.ts";

Deno.test("deniedRanges() keeps every private range from a process that was granted names", () => {
  const all = deniedRanges(["db.example.com", "8.8.8.8"]);
  for (const range of ["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "[::1]"]) {
    assert.ok(all.includes(range), range);
  }
  assert.deepEqual(deniedRanges([]), all);
});

Deno.test("deniedRanges() leaves out only the range of an address that was named", () => {
  const all = deniedRanges([]);
  const missing = (...hosts: string[]) => {
    const kept = deniedRanges(hosts);
    return all.filter((range) => !kept.includes(range));
  };
  assert.deepEqual(missing("10.1.2.3"), ["10.0.0.0/8"]);
  assert.deepEqual(missing("172.31.255.255"), ["172.16.0.0/12"]);
  assert.deepEqual(missing("172.32.0.0"), []);
  assert.deepEqual(missing("255.255.255.255"), ["240.0.0.0/4"]);
  assert.deepEqual(missing("[::1]"), ["[::1]"]);
  assert.deepEqual(missing("127.0.0.1", "192.168.7.7"), ["127.0.0.0/8", "192.168.0.0/16"]);
});

Deno.test("deniedRanges() takes odd spellings of addresses for names", () => {
  const all = deniedRanges([]);
  for (const host of ["127.1", "0x7f.0.0.1", "2130706433", "10.0.0.0/8", "10.0.0.1.", "::1", ""]) {
    assert.deepEqual(deniedRanges([host]), all, host);
  }
});
