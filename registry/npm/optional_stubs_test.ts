import assert from "node:assert/strict";
import { OptionalStubs } from "./optional_stubs.ts";
import { parsePackument } from "./packument.ts";

Deno.test("optionalStubs.manifestsFor() stands in only for what is missing", () => {
  const stubs = new OptionalStubs();
  const versions = {
    "1.0.0": { version: "1.0.0", optionalDependencies: { native: "1.2.0", other: "^2.1.0" } },
    "1.1.0": { version: "1.1.0", optionalDependencies: { native: "1.3.0", tagged: "next" } },
    "1.2.0": { version: "1.2.0", optionalDependencies: { "../evil": "1.0.0", native: 7 } },
  };
  stubs.note(parsePackument(JSON.stringify({ name: "x", versions }), "x"));
  const versionsOf = (name: string, existing: readonly string[]) =>
    stubs.manifestsFor(name, existing).map((manifest) => manifest["version"]);
  assert.deepEqual(versionsOf("native", ["1.2.0"]), ["1.3.0"]);
  assert.deepEqual(versionsOf("other", []), ["2.1.0"]);
  assert.deepEqual(versionsOf("other", ["2.9.0"]), []);
  assert.deepEqual(versionsOf("tagged", []), []);
  assert.deepEqual(versionsOf("never", []), []);
  assert.deepEqual(
    ["native", "../evil", "never"].map((name) => stubs.isOptional(name)),
    [true, false, false],
  );
  assert.ok(stubs.isStub("native@1.3.0") && !stubs.isStub("native@1.2.0"));
});
