import assert from "node:assert/strict";
import { addressFaces } from "./address_class.ts";
import { createPrivateAllowance } from "./private_allowance.ts";

function allows(entries: string[], address: string, [host, port]: [string, number]): boolean {
  const allowance = createPrivateAllowance(entries);
  return addressFaces(address).every((face) =>
    face.class === "global" || allowance.allows(face, { host, port })
  );
}

Deno.test("createPrivateAllowance() opens what the operator named", () => {
  assert(allows(["127.0.0.1:9000"], "127.0.0.1", ["localhost", 9000]));
  assert(allows(["10.0.0.0/8"], "10.1.2.3", ["db.internal", 80]));
  assert(allows(["minio.internal"], "10.1.2.3", ["minio.internal", 9000]));
  assert(allows(["*.internal:80"], "192.168.0.1", ["a.internal", 80]));
  assert(allows(["[::1]:80"], "::1", ["localhost", 80]));
  assert(allows(["::1"], "::1", ["localhost", 80]));
  assert(allows(["fd00::/8"], "fd12::1", ["x", 80]));
  assert(allows(["64:ff9b::/96"], "64:ff9b::8.8.8.8", ["x", 80]));
  assert(allows(["169.254.169.254"], "169.254.169.254", ["x", 80]));
});

Deno.test("createPrivateAllowance() opens nothing else", () => {
  assert(!allows([], "127.0.0.1", ["localhost", 80]));
  assert(!allows(["127.0.0.1:9000"], "127.0.0.1", ["localhost", 9001]));
  assert(!allows(["10.0.0.0/8"], "::ffff:10.0.0.1", ["x", 80]));
  assert(!allows(["64:ff9b::/96"], "64:ff9b::10.0.0.1", ["x", 80]));
  assert(!allows(["minio.internal"], "169.254.169.254", ["minio.internal", 80]));
  assert(!allows(["minio.internal"], "10.0.0.1", ["other.internal", 80]));
  assert(!allows(["0.0.0.0/0"], "::1", ["x", 80]));
});

Deno.test("createPrivateAllowance() refuses entries it cannot read", () => {
  for (const entry of ["10.0.0.0/33", "a/b", "", "a b", "http://x", "*"]) {
    assert.throws(() => createPrivateAllowance([entry]), TypeError, entry);
  }
});
