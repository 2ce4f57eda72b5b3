import assert from "node:assert/strict";
import {
  intersectPermissions,
  NET_PATTERN,
  type NetGrant,
  NO_PERMISSIONS,
  splitPattern,
} from "./permissions.ts";

function net(wanted: NetGrant, ceiling: NetGrant): NetGrant {
  return intersectPermissions(
    { ...NO_PERMISSIONS, net: wanted },
    { ...NO_PERMISSIONS, net: ceiling },
  ).net;
}

Deno.test("intersectPermissions() never grants more network than either side", () => {
  const cases: [NetGrant, NetGrant, NetGrant][] = [
    ["none", "public", "none"],
    ["public", "none", "none"],
    ["public", "public", "public"],
    ["public", ["a.example"], ["a.example"]],
    [["a.example"], "public", ["a.example"]],
    [["a.example"], ["b.example"], "none"],
    [[], "public", []],
    [["a.example", "b.example"], ["b.example"], ["b.example"]],
    [["api.a.example"], ["*.a.example"], ["api.a.example"]],
    [["x.y.a.example"], ["*.a.example"], ["x.y.a.example"]],
    [["*.a.example"], ["api.a.example"], ["api.a.example"]],
    [["*.b.a.example"], ["*.a.example"], ["*.b.a.example"]],
    [["a.example:443"], ["a.example"], ["a.example:443"]],
    [["a.example"], ["a.example:443"], ["a.example:443"]],
    [["a.example:80"], ["a.example:443"], "none"],
    [["API.a.example"], ["*.A.example"], ["API.a.example"]],
    [["[::1]:80"], ["[::1]"], ["[::1]:80"]],
  ];
  for (const [wanted, ceiling, granted] of cases) {
    assert.deepEqual(net(wanted, ceiling), granted, JSON.stringify([wanted, ceiling]));
  }
});

Deno.test("intersectPermissions() takes a wildcard for what is below it only", () => {
  for (
    const outside of ["a.example", "evila.example", "a.example.evil", "example", "*.b.example"]
  ) {
    assert.equal(net([outside], ["*.a.example"]), "none", outside);
  }
  // A wider wish is cut down to the ceiling.
  assert.deepEqual(net(["*.example"], ["*.a.example"]), ["*.a.example"]);
});

Deno.test("intersectPermissions() grants sockets and files only where both sides do", () => {
  const ceiling = { net: "none", netDirect: ["db:5432"], fs: "none" } as const;
  const wanted = { net: "none", netDirect: ["db:5432", "db:22", "DB:5432"], fs: "tmp" } as const;
  assert.deepEqual(intersectPermissions(wanted, ceiling), {
    net: "none",
    netDirect: ["db:5432"],
    fs: "none",
  });
  const both = { ...ceiling, fs: "tmp" } as const;
  assert.equal(intersectPermissions(wanted, both).fs, "tmp");
  assert.equal(intersectPermissions(NO_PERMISSIONS, both).fs, "none");
});

Deno.test("splitPattern() separates a port from names and addresses", () => {
  assert.deepEqual(splitPattern("A.example"), { host: "a.example", port: undefined });
  assert.deepEqual(splitPattern("a.example:8080"), { host: "a.example", port: 8080 });
  assert.deepEqual(splitPattern("[::1]:80"), { host: "[::1]", port: 80 });
  assert.deepEqual(splitPattern("*.a.example:1"), { host: "*.a.example", port: 1 });
});

Deno.test("NET_PATTERN accepts hosts, wildcards and addresses, and nothing that could mean more", () => {
  for (
    const good of [
      "a",
      "a.example",
      "*.a.example",
      "a.example:443",
      "[::1]",
      "[fe80::1]:80",
      "10.0.0.1",
    ]
  ) {
    assert.match(good, NET_PATTERN, good);
  }
  for (
    const bad of [
      "",
      "*",
      "*.",
      "a b",
      "https://a",
      "a/b",
      "a.*",
      "**.a",
      "a:99999999",
      "a,b",
      "@a",
      "a\n",
    ]
  ) assert.doesNotMatch(bad, NET_PATTERN, bad);
});
