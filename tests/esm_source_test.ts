import assert from "node:assert/strict";
import { startEsmOrigin } from "./support/esm_origin.ts";
import { TestWorld } from "./support/test_world.ts";

const ONLY_AT_ESM = {
  "greeter": {
    "package.json": JSON.stringify({
      name: "greeter",
      version: "2.3.4",
      type: "module",
      exports: { ".": "./index.js", "./loud": "./loud.js" },
    }),
    "index.js": "export function greet({ name }) { return `hello ${name}`; }",
    "loud.js": "export function greet({ name }) { return `HELLO ${name}`; }",
  },
};

Deno.test("a package that npm does not have is found at the esm origin, and pinned", async () => {
  await using origin = await startEsmOrigin({ local: ONLY_AT_ESM });
  await using world = await TestWorld.open({
    env: { AIRLOCK_ESM_ORIGIN: origin.origin.href, AIRLOCK_DEFAULT_SOURCE: "auto" },
  });
  const request = { packageName: "greeter", name: "greet", params: { name: "Ada" } };
  const first = await world.call(request);
  assert.deepEqual(first.success && first.output, "hello Ada", JSON.stringify(first));
  assert.deepEqual([first.meta.version, first.meta.start], ["2.3.4", "built"]);
  const again = await world.call(request);
  assert.deepEqual(again.success && again.output, "hello Ada");
  assert.equal(again.meta.start, "preloaded");
  const npmOnly = await world.call({ ...request, source: "npm" });
  assert(!npmOnly.success);
  assert.equal(npmOnly.code, "artifact_failed");
});

Deno.test("a package that npm has is never asked for at the esm origin", async () => {
  await using origin = await startEsmOrigin({ local: ONLY_AT_ESM });
  await using world = await TestWorld.open({
    env: { AIRLOCK_ESM_ORIGIN: origin.origin.href, AIRLOCK_DEFAULT_SOURCE: "auto" },
  });
  await world.publish("greeter", "export const greet = ({ name }) => `npm says hello ${name}`;");
  const result = await world.call({
    packageName: "greeter",
    name: "greet",
    params: { name: "Ada" },
  });
  assert.deepEqual(result.success && result.output, "npm says hello Ada");
  assert.deepEqual(origin.requests, []);
});

Deno.test("real packages run from an esm origin", async () => {
  await using origin = await startEsmOrigin({
    packages: { "ms": "2.1.3", "@tpmjs/tools-html-to-markdown": "0.1.0" },
  });
  await using world = await TestWorld.open({ env: { AIRLOCK_ESM_ORIGIN: origin.origin.href } });
  const ms = await world.call({
    packageName: "ms",
    version: "2.1.3",
    name: "default",
    params: "2 days",
    source: "esm",
  });
  assert.deepEqual(ms.success && ms.output, 172_800_000, JSON.stringify(ms));
  const html = await world.call({
    packageName: "@tpmjs/tools-html-to-markdown",
    name: "htmlToMarkdownTool",
    params: { html: "<h1>Hi</h1>" },
    source: "esm",
  });
  assert.deepEqual(html.success && html.output, { markdown: "# Hi", wordCount: 1 });
});

Deno.test("importUrl names a package at the configured origin, and nothing else", async () => {
  await using origin = await startEsmOrigin({ local: ONLY_AT_ESM });
  await using world = await TestWorld.open({ env: { AIRLOCK_ESM_ORIGIN: origin.origin.href } });
  const request = { packageName: "greeter", name: "greet", params: { name: "Ada" } };
  const at = origin.origin.origin;
  const whole = await world.call({ ...request, importUrl: `${at}/greeter@2.3.4` });
  assert.deepEqual(whole.success && whole.output, "hello Ada", JSON.stringify(whole));
  const part = await world.call({ ...request, importUrl: `${at}/greeter@2.3.4/loud` });
  assert.deepEqual(part.success && part.output, "HELLO Ada", JSON.stringify(part));
  const asked = origin.requests.length;
  for (
    const importUrl of [
      "https://evil.example/greeter@2.3.4",
      `${at}.evil.example/greeter@2.3.4`,
      `${at}@evil.example/greeter@2.3.4`,
      `${at}/gh/someone/greeter`,
      `${at}/greeter@2.3.4?alias=a:b`,
      `${at}/../greeter`,
      "file:///etc/passwd",
      "data:text/javascript,export const greet = () => 1",
      "npm:greeter",
    ]
  ) {
    const refused = await world.call({ ...request, importUrl });
    assert(!refused.success, importUrl);
    assert.deepEqual([refused.code, refused.stage], ["invalid_input", "request"], importUrl);
    assert.match(refused.suggestion ?? "", /Leave importUrl out/);
  }
  assert.equal(origin.requests.length, asked, "a refused URL was asked for");
  assert.deepEqual(world.unexpected, []);
});
