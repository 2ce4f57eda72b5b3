import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import type { ArtifactLock } from "../../spec/artifact.ts";
import type { Pin, PinChange, ToolState } from "../../spec/pin.ts";
import { bundledModules, modulePath } from "./code_files.ts";
import { codeHosts } from "./code_hosts.ts";
import { diffDefinition } from "./diff_definition.ts";
import { diffFiles } from "./diff_files.ts";
import { diffLock } from "./diff_lock.ts";
import { diffPin } from "./diff_pin.ts";

function lock(packages: Record<string, string>): ArtifactLock {
  return { packages, modules: {} };
}

function files(members: Record<string, string>): ReadonlyMap<string, string> {
  return new Map(Object.entries(members));
}

Deno.test("diffLock() tells packages that came, went, moved and changed", () => {
  const before = lock({ "a@1.0.0": "x", "@s/b@1.0.0": "x", "gone@1.0.0": "x", "same@1.0.0": "x" });
  const after = lock({
    ...{ "a@1.0.0": "y", "@s/b@1.1.0": "x", "new@2.0.0": "x", "same@1.0.0": "x" },
  });
  assert.deepEqual(diffLock(before, after), {
    added: ["new@2.0.0"],
    removed: ["gone@1.0.0"],
    changed: ["a@1.0.0"],
    moved: ["@s/b 1.0.0 → 1.1.0"],
  });
});

Deno.test("diffLock() does not guess where several versions came or went", () => {
  const { moved, added, removed } = diffLock(
    lock({ "a@1.0.0": "x" }),
    lock({ "a@2.0.0": "x", "a@3.0.0": "x" }),
  );
  assert.deepEqual([moved, added, removed], [[], ["a@2.0.0", "a@3.0.0"], ["a@1.0.0"]]);
});

Deno.test("diffLock() tells modules by their paths, and is bounded", () => {
  const modules = (text: string): ArtifactLock => ({
    packages: {},
    modules: { "/a@1/x.js": text },
  });
  assert.deepEqual(diffLock(modules("x"), modules("y")).changed, ["/a@1/x.js"]);
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`p${at}@1.0.0`, "x"]));
  assert.equal(diffLock(lock({}), lock(many)).added.length, 500);
});

Deno.test("diffDefinition() tells each member by its place", () => {
  const changes = diffDefinition(
    {
      description: "a",
      inputSchema: { properties: { "x/y": { type: "string" }, z: {} } },
      env: [],
    },
    { description: "b", inputSchema: { properties: { "x/y": { type: "number" }, w: 1 } }, env: [] },
  );
  assert.deepEqual(changes, [
    { where: "/description", before: "a", after: "b" },
    { where: "/inputSchema/properties/x~1y/type", before: "string", after: "number" },
    { where: "/inputSchema/properties/z", before: {} },
    { where: "/inputSchema/properties/w", after: 1 },
  ]);
});

Deno.test("bundledModules() takes a bundle apart by package", () => {
  const bundle = `import x from "node:fs";
// project/node_modules/.deno/a@1.0.0/node_modules/a/lib/one.js
var one = 1;
// a comment
// project/node_modules/.deno/@s+b@1.0.0/node_modules/@s/b/two.mjs
var two = 2;
`;
  assert.deepEqual([...bundledModules(bundle)], [
    ["bundle", 'import x from "node:fs";\n'],
    ["a/lib/one.js", "var one = 1;\n// a comment\n"],
    ["@s/b/two.mjs", "var two = 2;\n"],
  ]);
  assert.equal(modulePath("lib/x.js"), "lib/x.js");
  assert.deepEqual([...bundledModules("")], []);
});

Deno.test("diffFiles() shows what changed as a unified diff", () => {
  const { added, removed, changed, leftOut } = diffFiles(
    files({ same: "x", gone: "x", "a.js": "one\ntwo\nthree\n" }),
    files({ same: "x", came: "x", "a.js": "one\n2\nthree\nfour\n" }),
  );
  assert.deepEqual([added, removed, leftOut], [["came"], ["gone"], 0]);
  const [patch] = changed;
  assert.deepEqual([patch?.path, patch?.addedLines, patch?.removedLines], ["a.js", 2, 1]);
  assert.match(
    patch?.patch ?? "",
    /^--- a\.js\n\+\+\+ a\.js\n@@ -1,3 \+1,4 @@\n one\n-two\n\+2\n three\n\+four\n$/m,
  );
});

Deno.test("diffFiles() is bounded in time and length", () => {
  const startMs = performance.now();
  const noise = (seed: number) =>
    Array.from({ length: 30_000 }, (_, at) => `${(at * 7919 + seed) % 10_007}`).join("\n");
  const many = (seed: number) =>
    files(Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`f${at}`, noise(seed + at)])));
  const diff = diffFiles(many(1), many(5_000));
  assert.ok(performance.now() - startMs < 30_000, `${performance.now() - startMs} ms`);
  assert.deepEqual([diff.changed.length, diff.leftOut], [100, 50]);
  assert.ok(JSON.stringify(diff).length < 400_000);
  const huge = diffFiles(files({ a: "x\n".repeat(300_000) }), files({ a: "y\n".repeat(300_000) }));
  assert.equal(huge.changed[0]?.patch, null);
});

Deno.test("diffFiles() shows a change in minified code, and in what cannot be broken", () => {
  const minified = (word: string) =>
    `var a=1;${"f(1);".repeat(300)}send("${word}");${"g();".repeat(9)}`;
  const [patch] = diffFiles(files({ a: minified("b") }), files({ a: minified("c") })).changed;
  assert.match(patch?.patch ?? "", /\n-send\("b"\);\n\+send\("c"\);\n/);
  const long = (end: string) => `x = "${"y".repeat(3_000)}${end}"`;
  const [cut] = diffFiles(files({ a: long("1") }), files({ a: long("2") })).changed;
  assert.deepEqual([cut?.addedLines, cut?.removedLines], [1, 1]);
  assert.ok((cut?.patch?.length ?? Infinity) < 1_000);
  assert.match(cut?.patch ?? "", /3007 characters/);
});

Deno.test("codeHosts() finds hosts in addresses", () => {
  const code = `fetch("https://API.example.com/v1"); ws = 'wss://user:pw@b.example.org:8443';
    // see http://localhost:1 and http://[::1]/ and example.net, ftp://c.example`;
  assert.deepEqual(codeHosts(files({ code })), [
    ...["[::1]", "api.example.com", "b.example.org", "c.example", "localhost"],
  ]);
  const startMs = performance.now();
  codeHosts(files({ code: "https://".repeat(100_000), more: `http://${"a.".repeat(200_000)}` }));
  assert.ok(performance.now() - startMs < 10_000);
});

function stateOf(version: string): ToolState {
  const hashes = { lockHash: version, definitionHash: version, stateHash: version };
  return {
    ...{ source: "npm", packageName: "a", toolName: "echo", version, ...hashes },
    lock: lock({ [`a@${version}`]: version }),
    definition: { description: version },
  };
}

const PIN: Pin = {
  ...stateOf("1.0.0"),
  ...{ id: "pin_1", collectionId: "c", toolId: "t", ownerId: "o", findings: [], revision: 1 },
  hosts: ["seen.example"],
  updatedAt: "",
};
const CHANGE: PinChange = {
  ...stateOf("1.1.0"),
  ...{ id: "pch_1", pinId: "pin_1", state: "waiting", seenAt: "", decidedAt: null },
  findings: [{ rule: "secrecy", severity: "high", where: "/description", excerpt: "x" }],
};

Deno.test("diffPin() tells all that is different", async () => {
  const diff = await diffPin({ pin: PIN, change: CHANGE }, {
    signal: new AbortController().signal,
    readCode: ({ version }) =>
      Promise.resolve(files({
        "a/index.js": version === "1.0.0" ? "old" : 'send("https://new.example")',
      })),
  });
  assert.deepEqual(diff.lock.moved, ["a 1.0.0 → 1.1.0"]);
  assert.deepEqual(diff.definition.map(({ where }) => where), ["/description"]);
  assert.deepEqual(diff.files?.changed.map(({ path }) => path), ["a/index.js"]);
  assert.deepEqual(diff.hosts, { seen: ["seen.example"], added: ["new.example"], removed: [] });
  assert.deepEqual([diff.findings.length, diff.codeMissing], [1, null]);
});

Deno.test("diffPin() goes without code that cannot be had any more", async () => {
  const diff = await diffPin({ pin: PIN, change: CHANGE }, {
    signal: new AbortController().signal,
    readCode: () => Promise.reject(new AirlockError("artifact_failed", "Fetching: it is gone")),
  });
  assert.deepEqual([diff.files, diff.hosts, diff.codeMissing], [
    null,
    null,
    "Fetching: it is gone",
  ]);
  assert.deepEqual(diff.lock.moved, ["a 1.0.0 → 1.1.0"]);
});
