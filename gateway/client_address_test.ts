import assert from "node:assert/strict";
import { addressGroup, createFindClientAddress } from "./client_address.ts";

const PROXY = "10.0.0.1";

Deno.test("createFindClientAddress() believes nobody that it was not told to trust", () => {
  const cases: [readonly string[], string, string | null, string][] = [
    [[], PROXY, "192.0.2.7", PROXY],
    [["10.0.0.0/8"], PROXY, null, PROXY],
    [["10.0.0.0/8"], PROXY, "192.0.2.7", "192.0.2.7"],
    [["10.0.0.1"], PROXY, "192.0.2.7", "192.0.2.7"],
    [["10.0.0.2"], PROXY, "192.0.2.7", PROXY],
    // Not by the proxy, but by somebody who wants to be another.
    [["10.0.0.0/8"], "203.0.113.9", "192.0.2.7", "203.0.113.9"],
    [["10.0.0.0/8"], PROXY, "192.0.2.7, 203.0.113.9", "203.0.113.9"],
    [["10.0.0.0/8"], PROXY, "10.0.0.5, 203.0.113.9, 10.0.0.3", "203.0.113.9"],
    [["10.0.0.0/8"], PROXY, "192.0.2.7, 10.0.0.3, nonsense", PROXY],
    [["10.0.0.0/8"], PROXY, "192.0.2.7, , 10.0.0.3", "10.0.0.3"],
    [["10.0.0.0/8"], PROXY, "", PROXY],
    // However written.
    [["10.0.0.0/8"], "::ffff:10.0.0.1", "192.0.2.7:4711", "192.0.2.7"],
    [["fd00::/8", "10.0.0.1"], "fd00::1", "[2001:db8::7]:80, 10.0.0.1", "2001:db8::7"],
    [["0.0.0.0/0"], "2001:db8::1", "192.0.2.7", "2001:db8::1"],
  ];
  for (const [trusted, peer, forwardedFor, expected] of cases) {
    const found = createFindClientAddress(trusted)({ peer, forwardedFor });
    assert.equal(found, expected, JSON.stringify({ trusted, peer, forwardedFor }));
  }
  const many = Array(100_000).fill("10.0.0.2").join(",");
  assert.equal(
    createFindClientAddress(["10.0.0.0/8"])({ peer: PROXY, forwardedFor: `192.0.2.7,${many}` }),
    "10.0.0.2",
  );
});

Deno.test("addressGroup() takes a network of IPv6 for one caller", () => {
  assert.equal(addressGroup("192.0.2.7"), "192.0.2.7");
  assert.equal(addressGroup("::ffff:192.0.2.7"), "192.0.2.7");
  const network = addressGroup("2001:db8:1:2::1");
  assert.equal(addressGroup("2001:db8:1:2:ffff:ffff:ffff:ffff"), network);
  assert.notEqual(addressGroup("2001:db8:1:3::1"), network);
  assert.equal(addressGroup("unknown"), "unknown");
});
