import assert from "node:assert/strict";
import { addressFaces, classifyAddress } from "./address_class.ts";

const TABLE: readonly (readonly [string, string])[] = [
  ["8.8.8.8", "global"],
  ["1.1.1.1", "global"],
  ["93.184.215.14", "global"],
  ["172.15.255.255", "global"],
  ["172.32.0.0", "global"],
  ["100.63.255.255", "global"],
  ["100.128.0.0", "global"],
  ["223.255.255.255", "global"],
  ["0.0.0.0", "unspecified"],
  ["0.255.255.255", "unspecified"],
  ["10.0.0.0", "private"],
  ["10.255.255.255", "private"],
  ["172.16.0.1", "private"],
  ["172.31.255.255", "private"],
  ["192.168.1.1", "private"],
  ["100.64.0.1", "carrier-nat"],
  ["100.127.255.255", "carrier-nat"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["169.254.0.1", "link-local"],
  ["169.254.169.254", "metadata"],
  ["169.254.170.2", "metadata"],
  ["100.100.100.200", "metadata"],
  ["192.0.0.192", "metadata"],
  ["168.63.129.16", "metadata"],
  ["192.0.0.1", "reserved"],
  ["192.0.2.1", "documentation"],
  ["198.51.100.7", "documentation"],
  ["203.0.113.9", "documentation"],
  ["192.88.99.1", "translated"],
  ["198.18.0.1", "benchmarking"],
  ["198.19.255.255", "benchmarking"],
  ["224.0.0.1", "multicast"],
  ["239.255.255.255", "multicast"],
  ["240.0.0.1", "reserved"],
  ["255.255.255.255", "broadcast"],
  ["2606:4700:4700::1111", "global"],
  ["2a00:1450:4001::200e", "global"],
  ["[2606:4700::1]", "global"],
  ["::", "unspecified"],
  ["::1", "loopback"],
  ["[::1]", "loopback"],
  ["0:0:0:0:0:0:0:1", "loopback"],
  ["::127.0.0.1", "translated"],
  ["::ffff:8.8.8.8", "translated"],
  ["::ffff:127.0.0.1", "translated"],
  ["::ffff:7f00:1", "translated"],
  ["::ffff:0:7f00:1", "translated"],
  ["64:ff9b::127.0.0.1", "translated"],
  ["64:ff9b:1::a00:1", "translated"],
  ["2002:7f00:1::", "translated"],
  ["2001::1", "translated"],
  ["2606:4700::5efe:127.0.0.1", "translated"],
  ["2606:4700::200:5efe:a00:1", "translated"],
  ["2001:db8::1", "documentation"],
  ["3fff::1", "documentation"],
  ["2001:2::1", "benchmarking"],
  ["2001:10::1", "reserved"],
  ["fc00::1", "unique-local"],
  ["fdff::1", "unique-local"],
  ["fd00:ec2::254", "metadata"],
  ["fe80::1", "link-local"],
  ["fe80::1%eth0", "link-local"],
  ["fec0::1", "site-local"],
  ["ff02::1", "multicast"],
  ["100::1", "reserved"],
  ["5f00::1", "reserved"],
  ["4000::1", "reserved"],
  ["127.1", "invalid"],
  ["0177.0.0.1", "invalid"],
  ["0x7f.0.0.1", "invalid"],
  ["2130706433", "invalid"],
  ["localhost", "invalid"],
  ["", "invalid"],
  ["1.2.3.4.5", "invalid"],
  [":::", "invalid"],
];

Deno.test("classifyAddress() knows every special range", () => {
  for (const [address, expected] of TABLE) {
    assert.equal(classifyAddress(address), expected, address);
  }
});

Deno.test("addressFaces() finds the IPv4 address inside a translated one", () => {
  const inner = (address: string) => addressFaces(address).slice(1).map((face) => face.address);
  assert.deepEqual(inner("::ffff:10.1.2.3"), ["10.1.2.3"]);
  assert.deepEqual(inner("64:ff9b::8.8.8.8"), ["8.8.8.8"]);
  assert.deepEqual(inner("2002:a01:203::"), ["10.1.2.3"]);
  assert.deepEqual(inner("2001:0:a01:203::f5fe:fdfc"), ["10.1.2.3", "10.1.2.3"]);
  assert.deepEqual(inner("2606::5efe:127.0.0.1"), ["127.0.0.1"]);
  assert.deepEqual(inner("64:ff9b:1:a01:2:300::")[0], "10.1.2.3");
  assert.deepEqual(inner("8.8.8.8"), []);
});
