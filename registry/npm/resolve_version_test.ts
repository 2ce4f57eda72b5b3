import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import { parsePackument } from "./packument.ts";
import { resolveVersion } from "./resolve_version.ts";

const NOW_MS = Date.parse("2030-01-01T00:00:00Z");
const DAY_MS = 24 * 3_600_000;

function packument(
  versions: readonly string[],
  { tags = {}, deprecated = [], daysOld = {} }: {
    tags?: Readonly<Record<string, string>>;
    deprecated?: readonly string[];
    daysOld?: Readonly<Record<string, number>>;
  } = {},
) {
  const manifests: Record<string, JsonObject> = {};
  for (const version of versions) {
    manifests[version] = { version, ...(deprecated.includes(version) ? { deprecated: "no" } : {}) };
  }
  const time = Object.fromEntries(
    Object.entries(daysOld).map((
      [version, days],
    ) => [version, new Date(NOW_MS - days * DAY_MS).toISOString()]),
  );
  const text = JSON.stringify({ name: "x", "dist-tags": tags, versions: manifests, time });
  return parsePackument(text, "x");
}

const ANY_AGE = { minAgeMs: 0, nowMs: NOW_MS };

function refusal(run: () => unknown): AirlockError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof AirlockError);
    return error;
  }
  assert.fail("it did not throw");
}

Deno.test("resolveVersion() takes exact versions, ranges, tags and nothing", () => {
  const x = packument(["1.0.0", "1.2.0", "1.3.0", "2.0.0", "3.0.0-rc.1"], {
    tags: { latest: "2.0.0", next: "3.0.0-rc.1" },
  });
  assert.equal(resolveVersion(x, "1.2.0", ANY_AGE), "1.2.0");
  assert.equal(resolveVersion(x, "v1.2.0", ANY_AGE), "1.2.0");
  assert.equal(resolveVersion(x, "^1.0.0", ANY_AGE), "1.3.0");
  assert.equal(resolveVersion(x, " 1 ", ANY_AGE), "1.3.0");
  assert.equal(resolveVersion(x, "next", ANY_AGE), "3.0.0-rc.1");
  assert.equal(resolveVersion(x, undefined, ANY_AGE), "2.0.0");
  assert.equal(resolveVersion(x, "", ANY_AGE), "2.0.0");
  assert.equal(resolveVersion(x, ">=1", ANY_AGE), "2.0.0");
});

Deno.test("resolveVersion() prefers the latest tag, then what is not deprecated", () => {
  const tagged = packument(["1.0.0", "1.1.0"], { tags: { latest: "1.0.0" } });
  assert.equal(resolveVersion(tagged, "^1", ANY_AGE), "1.0.0");
  const worn = packument(["1.0.0", "1.1.0"], { deprecated: ["1.1.0"] });
  assert.equal(resolveVersion(worn, "^1", ANY_AGE), "1.0.0");
  assert.equal(resolveVersion(worn, "1.1.0", ANY_AGE), "1.1.0");
  assert.equal(resolveVersion(worn, undefined, ANY_AGE), "1.0.0");
});

Deno.test("resolveVersion() names the nearest versions when there is none", () => {
  const x = packument(["1.0.0", "1.1.0", "2.0.0", "2.1.0", "3.0.0", "9.0.0"]);
  const error = refusal(() => resolveVersion(x, "2.0.5", ANY_AGE));
  assert.equal(error.code, "artifact_failed");
  assert.equal(error.stage, "resolve");
  assert.deepEqual(error.details["nearest"], ["3.0.0", "2.1.0", "2.0.0", "1.1.0"]);
  const tag = refusal(() => resolveVersion(x, "canary", ANY_AGE));
  assert.deepEqual(tag.details["nearest"], ["9.0.0", "3.0.0", "2.1.0", "2.0.0"]);
  refusal(() => resolveVersion(packument([]), undefined, ANY_AGE));
});

Deno.test("resolveVersion() with a minimum age looks past younger versions", () => {
  const x = packument(["1.0.0", "1.1.0", "1.2.0", "1.3.0"], {
    tags: { latest: "1.2.0" },
    daysOld: { "1.0.0": 30, "1.1.0": 10, "1.2.0": 1, "1.3.0": 20 },
  });
  const week = { minAgeMs: 7 * DAY_MS, nowMs: NOW_MS };
  assert.equal(resolveVersion(x, undefined, week), "1.1.0");
  assert.equal(resolveVersion(x, "1.0.0", week), "1.0.0");
  assert.equal(resolveVersion(x, "^1", week), "1.3.0");
  const young = refusal(() => resolveVersion(x, "1.2.0", week));
  assert.match(young.message, /too recently/);
  const timeless = packument(["1.0.0"], { tags: { latest: "1.0.0" } });
  refusal(() => resolveVersion(timeless, undefined, week));
});

Deno.test("resolveVersion() refuses wishes that are addresses or far too long", () => {
  const x = packument(["1.0.0"]);
  for (const wish of ["npm:y@1", "../y", "https://a/b", "file:x", "1".repeat(200), "a\0b"]) {
    assert.equal(refusal(() => resolveVersion(x, wish, ANY_AGE)).code, "invalid_input");
  }
});

Deno.test("parsePackument() leaves out versions that are not what they say", () => {
  const versions = {
    "1.0.0": { version: "1.0.0" },
    "2.0.0": { version: "9.9.9" },
    "3.0.0": { version: "3.0.0", name: "y" },
    "../../evil": { version: "../../evil" },
    "v4.0.0": { version: "v4.0.0" },
    "5.0.0+build": { version: "5.0.0+build" },
    "6.0.0": null,
  };
  const x = parsePackument(JSON.stringify({ name: "x", versions, "dist-tags": [1] }), "x");
  assert.deepEqual([...x.versions.keys()], ["1.0.0", "5.0.0+build"]);
  for (const text of ["", "[]", "{}", "null", '{"name":"x"}', '{"name":"y","versions":{}}']) {
    assert.equal(refusal(() => parsePackument(text, "x")).details["step"], "packument");
  }
});
