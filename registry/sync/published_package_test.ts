import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import type { JsonObject } from "../../spec/json.ts";
import { readDeclared } from "../../engine/read_declared.ts";
import { fromManifest, fromPackument } from "./published_package.ts";

const OPTIONS = { name: "pkg", readDeclared, declaredBytes: 2_000 };

function packument(more: JsonObject = {}, manifest: JsonObject = {}): JsonObject {
  const version = (number: string) => ({ name: "pkg", version: number, ...manifest });
  return {
    name: "pkg",
    "dist-tags": { latest: "1.0.0" },
    versions: { "0.9.0": version("0.9.0"), "1.0.0": version("1.0.0"), "2.0.0": version("2.0.0") },
    time: { "1.0.0": "2026-01-02T00:00:00Z", modified: "2026-02-03T00:00:00Z" },
    ...more,
  };
}

Deno.test("fromPackument() takes the version that latest names, else the highest", () => {
  const tagged = fromPackument(packument(), OPTIONS);
  assert.equal(tagged?.version, "1.0.0");
  assert.equal(tagged.publishedAt?.toISOString(), "2026-01-02T00:00:00.000Z");
  assert.equal(tagged.modifiedAt?.toISOString(), "2026-02-03T00:00:00.000Z");
  assert.deepEqual([...tagged.versions ?? []], ["0.9.0", "1.0.0", "2.0.0"]);
  for (const latest of ["3.0.0", 7, "__proto__"]) {
    const read = fromPackument(packument({ "dist-tags": { latest } }), OPTIONS);
    assert.equal(read?.version, "2.0.0");
  }
});

Deno.test("fromPackument() is undefined where nothing is left of a package", () => {
  assert.equal(fromPackument({ name: "pkg", time: { unpublished: {} } }, OPTIONS), undefined);
  assert.equal(fromPackument(packument({ versions: {} }), OPTIONS), undefined);
});

Deno.test("fromPackument() refuses what is about something else", () => {
  for (const value of [{}, packument({ name: "other" }), packument({ versions: [] })]) {
    assert.throws(() => fromPackument(value, OPTIONS), { code: "upstream_failed" });
  }
  assert.throws(() => fromPackument(packument({}, { name: "other" }), OPTIONS), {
    code: "upstream_failed",
  });
});

Deno.test("fromManifest() keeps what a database takes, bounded", async () => {
  const read = fromManifest({
    name: "pkg",
    version: "1.0.0",
    description: `nul \0 and half \ud800 ${"x".repeat(9_000)}`,
    keywords: ["tpmjs", "tpmjs", 7, "", ...Array(100).fill("more")],
    repository: "github:owner/name",
    dist: { integrity: "sha512-abc" },
    tpmjs: {
      tools: [{ name: "a\0b", description: "\ud800" }, { name: "twice" }, { name: "twice" }],
    },
  }, OPTIONS);
  assert.match(read.description, /^nul {2}and half \ufffd x{100}/);
  assert.equal(read.description.length, 3_999);
  assert.deepEqual(read.keywords, ["tpmjs", "more"]);
  assert.equal(read.repository, "owner/name");
  assert.equal(read.integrity, "sha512-abc");
  assert.deepEqual(read.declared.tools.map(({ name }) => name), ["ab", "twice"]);
  assert.equal(read.declared.tools[0]?.description, "\ufffd");
  const many = Array.from({ length: 100 }, (_, index) => ({ name: `tool${index}` }));
  await failsWith(
    Promise.try(() =>
      fromManifest({ name: "pkg", version: "1.0.0", tpmjs: { tools: many } }, OPTIONS)
    ),
    { code: "upstream_failed" },
  );
});

Deno.test("fromManifest() refuses what is nested without end", () => {
  const deep = JSON.parse(`${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`);
  assert.throws(() => fromManifest({ name: "pkg", version: "1.0.0", deep }, OPTIONS), {
    code: "upstream_failed",
  });
});
