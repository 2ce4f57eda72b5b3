import assert from "node:assert/strict";
import type { z } from "zod";
import {
  databaseUrl,
  isAddressBlock,
  isHostPort,
  isPrivatePlace,
  isWebOrigin,
  listOf,
  netGrant,
  webUrl,
  wholeNumber,
  yesOrNo,
} from "./parsers.ts";

function refusalOf(parser: z.ZodType, text: string): string {
  const { error } = parser.safeParse(text);
  assert.ok(error !== undefined, `${text} was accepted`);
  return error.issues.map(({ message }) => message).join("; ");
}

Deno.test("wholeNumber() takes digits within its bounds only", () => {
  const parser = wholeNumber(1, 100);
  for (const [text, value] of [["1", 1], ["100", 100], ["007", 7]] as const) {
    assert.equal(parser.parse(text), value);
  }
  for (const text of ["0", "101", "-1", "1.0", "1e1", "0x1", " 1", "١", "", "NaN"]) {
    assert.match(refusalOf(parser, text), /needs a whole number from 1 to 100/);
  }
});

Deno.test("yesOrNo() takes the usual words, and guesses at none", () => {
  for (const text of ["true", "1", "YES", "On"]) assert.equal(yesOrNo().parse(text), true);
  for (const text of ["false", "0", "no", "OFF"]) assert.equal(yesOrNo().parse(text), false);
  for (const text of ["y", "maybe", "2", ""]) refusalOf(yesOrNo(), text);
});

Deno.test("listOf() says which items are wrong, and shows none", () => {
  const parser = listOf(isWebOrigin, "origins");
  assert.deepEqual(parser.parse(""), []);
  assert.deepEqual(parser.parse(" https://a.example , https://b.example,"), [
    "https://a.example",
    "https://b.example",
  ]);
  const refusal = refusalOf(parser, "https://a.example,https://u:s3cret@b.example,s3cret");
  assert.equal(refusal, "needs origins; wrong: item 2, item 3");
});

Deno.test("isWebOrigin() is true of origins as browsers write them", () => {
  for (const item of ["https://app.example", "http://localhost:3000", "http://[::1]:8080"]) {
    assert.ok(isWebOrigin(item), item);
  }
  const others = ["https://app.example/", "https://APP.example", "https://app.example:443", "null"];
  const wrong = [...others, "*", "https://*.example", "https://u@app.example", "ftp://a", "blob:x"];
  for (const item of wrong) assert.ok(!isWebOrigin(item), item);
});

Deno.test("isHostPort() is true of hosts with a port that exists", () => {
  for (const item of ["db:5432", "db.example.com:1", "10.0.0.1:65535", "[fd00::1]:80"]) {
    assert.ok(isHostPort(item), item);
  }
  for (const item of ["db", "db:", ":80", "db:65536", "999.1.1.1:80", "*.a:80", "[x]:80", "a:b"]) {
    assert.ok(!isHostPort(item), item);
  }
});

Deno.test("isAddressBlock() is true of addresses and CIDR blocks", () => {
  for (const item of ["10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "fd00::/8", "::1"]) {
    assert.ok(isAddressBlock(item), item);
  }
  const wrong = ["10.0.0.0/33", "fd00::/129", "10.0.0.0/", "10/8", "a.example", "10.0.0.0/8/8", ""];
  for (const item of wrong) assert.ok(!isAddressBlock(item), item);
});

Deno.test("isPrivatePlace() is true of what the egress broker can read", () => {
  const right = ["10.0.0.0/8", "fd00::/8", "0.0.0.0/0", "127.0.0.1", "127.0.0.1:9000", "::1"];
  for (const item of [...right, "[::1]:80", "*.corp.example", "db.corp:5432"]) {
    assert.ok(isPrivatePlace(item), item);
  }
  const wrong = ["10.0.0.0/33", "fd00::/129", "10.0.0.0/", "10.0.0.0/8/8", "corp.example/8"];
  for (const item of [...wrong, "999.1.1.1", "10.0.0.1:99999", "http://a", "*", "a b", ""]) {
    assert.ok(!isPrivatePlace(item), item);
  }
});

Deno.test("netGrant() takes none, public, or hosts; never a mixture", () => {
  assert.equal(netGrant().parse("none"), "none");
  assert.equal(netGrant().parse("public"), "public");
  assert.deepEqual(netGrant().parse("a.example, *.b.example:443"), [
    "a.example",
    "*.b.example:443",
  ]);
  for (const text of ["", "*", "http://a", "a.example,http://b", "a:99999", "Public", "public,a"]) {
    assert.match(refusalOf(netGrant(), text), /needs none, public/);
  }
});

Deno.test("webUrl() takes plain http and https URLs, and repeats no other", () => {
  assert.equal(webUrl().parse("https://esm.example"), "https://esm.example/");
  assert.equal(webUrl().parse("http://127.0.0.1:4873/npm/"), "http://127.0.0.1:4873/npm/");
  const wrong = ["https://u:s3cret@a", "https://a/?s3cret", "https://a/#s3cret", "ftp://s3cret"];
  for (const text of [...wrong, "a.example", "file:///etc", "", "//a"]) {
    assert.doesNotMatch(refusalOf(webUrl(), text), /s3cret/);
  }
});

Deno.test("databaseUrl() takes URLs of one PostgreSQL server, and repeats no other", () => {
  const right = ["postgres://root@127.0.0.1:5432/airlock", "postgresql://u:p@db/a?sslmode=require"];
  for (const text of right) assert.equal(databaseUrl().parse(text), text);
  const wrong = [
    "mysql://u:s3cret@db/a",
    "postgres://u:s3cret@db",
    "postgres://u:s3cret@one,two/a",
  ];
  for (const text of [...wrong, "db/a", "", "postgres://u:s3cret@db:x/a"]) {
    assert.doesNotMatch(refusalOf(databaseUrl(), text), /s3cret/);
  }
});
