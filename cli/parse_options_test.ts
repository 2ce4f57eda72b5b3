import assert from "node:assert/strict";
import { InvalidArgumentError } from "commander";
import {
  collectEnv,
  collectWord,
  parseDurationMs,
  parseNetGrant,
  parsePackage,
  parseSizeBytes,
} from "./parse_options.ts";

function refuses(parse: (text: string) => unknown, texts: readonly string[]): void {
  for (const text of texts) assert.throws(() => parse(text), InvalidArgumentError, text);
}

Deno.test("parsePackage() splits names from versions, and keeps subpaths", () => {
  assert.deepEqual(parsePackage("a"), { packageName: "a" });
  assert.deepEqual(parsePackage("a@1.2.3"), { packageName: "a", version: "1.2.3" });
  assert.deepEqual(parsePackage("@s/a@^1"), { packageName: "@s/a", version: "^1" });
  assert.deepEqual(parsePackage("lodash/get"), { packageName: "lodash/get" });
  assert.deepEqual(parsePackage("@s/a/b/c.js@next"), {
    packageName: "@s/a/b/c.js",
    version: "next",
  });
  refuses(parsePackage, ["", "@", "@s", "@s/", "a@", "/a", "a/", "a//b", "a b", "a@1 2"]);
});

Deno.test("parseDurationMs() takes whole numbers with a unit, and no time at all for none", () => {
  const cases = { "1500": 1500, "500ms": 500, "10s": 10_000, "2m": 120_000, "1h": 3_600_000 };
  for (const [text, ms] of Object.entries(cases)) assert.equal(parseDurationMs(text), ms);
  assert.equal(parseDurationMs("7d"), 7 * 86_400_000);
  refuses(parseDurationMs, ["", "0", "0s", "-1s", "1.5s", "s", "1w", "1 s", "1e3", "Infinity"]);
});

Deno.test("parseSizeBytes() counts in steps of 1024", () => {
  const cases = { "0": 0, "1500": 1500, "1b": 1, "64KB": 65_536, "64k": 65_536, "2GB": 2 ** 31 };
  for (const [text, bytes] of Object.entries(cases)) assert.equal(parseSizeBytes(text), bytes);
  refuses(parseSizeBytes, ["", "B", "-1", "1.5GB", "1TB", "1 KB", "0x10"]);
});

Deno.test("parseNetGrant() takes none, public or hosts", () => {
  assert.equal(parseNetGrant("none"), "none");
  assert.equal(parseNetGrant("public"), "public");
  assert.deepEqual(parseNetGrant("a.example, *.b.example:443"), ["a.example", "*.b.example:443"]);
  refuses(parseNetGrant, ["", "*", "https://a.example", "a.example,", "a b"]);
});

Deno.test("collectEnv() adds to what came before, the last of a name last", () => {
  const first = collectEnv("A=1", {});
  assert.deepEqual(collectEnv("B==x\ny", first), { A: "1", B: "=x\ny" });
  assert.deepEqual(first, { A: "1" });
  assert.deepEqual(collectEnv("A=", first), { A: "" });
  refuses((text) => collectEnv(text, {}), ["", "A", "=1", "1A=1", "A B=1", " A=1"]);
});

Deno.test("collectEnv() takes __proto__ for a name like any other", () => {
  const env = collectEnv("__proto__=x", {});
  assert.equal(Object.hasOwn(env, "__proto__"), true);
  assert.equal(Object.getPrototypeOf(env), Object.prototype);
});

Deno.test("collectWord() keeps words in order", () => {
  assert.deepEqual(collectWord("b", collectWord("a", [])), ["a", "b"]);
});
