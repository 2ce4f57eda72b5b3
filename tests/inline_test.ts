import assert from "node:assert/strict";
import { openInline } from "../engine/open_inline.ts";
import { addInline } from "../registry/catalog/inline/add_inline.ts";
import { listTools } from "../registry/catalog/list_tools.ts";
import { readTool } from "../registry/catalog/read_tool.ts";
import type { InlineCode } from "../registry/inline/inline_code.ts";
import { addInlineSchema, inlineCode } from "../gateway/schemas/add_tool_schema.ts";
import { readUploads } from "../gateway/read_uploads.ts";
import { samplePlugin } from "./support/plugins/wat_plugins.ts";
import { failsWith } from "./support/fails_with.ts";
import { openSharedDatabase, TEST_DATABASE_KINDS } from "./support/test_database.ts";
import { TestWorld } from "./support/test_world.ts";

const ADA = "usr_ada";
const EVE = "usr_eve";

/** TypeScript that only runs once its types are gone. */
const GREETER: InlineCode = {
  files: {
    "main.ts": `import { polite } from "./lib/polite.ts";
      enum Tone { Plain = "plain" }
      export const greet = ({ name }: { name: string }): string => polite(name) + Tone.Plain;`,
    "lib/polite.ts": "export const polite = (name: string) => `Dear ${name}, `;",
  },
  entry: "main.ts",
  dependencies: {},
  packageJson: { description: "Greets people" },
};

function adder({ engine, database }: TestWorld, ownerId: string) {
  assert.ok(database !== undefined);
  return (code: InlineCode, packageName?: string) =>
    addInline(database.sql, { code, ownerId, packageName }, {
      describe: (kept) =>
        engine.describer.describe({ ...kept, source: "inline" }, {
          tenant: ownerId,
          requestId: "test",
          signal: new AbortController().signal,
        }),
      onChange: (name) => engine.onInlineChange(name),
    });
}

Deno.test("inline source runs for its owner, in versions, and for nobody else", async (t) => {
  await using database = await openSharedDatabase("pglite");
  await using world = await TestWorld.open({ database });
  const { sql } = database;
  const add = adder(world, ADA);
  const first = await add(GREETER);
  const { packageName, version } = first.manifest.resolved;
  const call = (tenant: string, more: object = {}) =>
    world.call({ packageName, name: "greet", params: { name: "Bo" }, source: "inline", ...more }, {
      tenant,
    });
  const visible = sql`owner_id = ${ADA}`;

  await t.step("TypeScript of several files is built, probed and called", async () => {
    assert.match(packageName, /^inline-[0-9a-f]{32}$/);
    assert.equal(version, "1.0.0");
    const result = await call(ADA);
    assert.equal(result.success && result.output, "Dear Bo, plain");
    const { items } = await listTools(sql, { filter: {}, visible, limit: 10 });
    assert.deepEqual(items.map(({ name, visibility }) => [name, visibility]), [
      ["greet", "private"],
    ]);
  });

  await t.step("the same source is the same version, changed source the next", async () => {
    assert.equal((await add(GREETER, packageName)).manifest.resolved.version, "1.0.0");
    const files = { "main.ts": "export const greet = () => 'second';" };
    const second = await add({ ...GREETER, files }, packageName);
    assert.equal(second.manifest.resolved.version, "2.0.0");
    const latest = await call(ADA);
    assert.equal(latest.success && latest.output, "second");
    const exact = await call(ADA, { version: "1.0.0" });
    assert.equal(exact.success && exact.output, "Dear Bo, plain");
  });

  await t.step(
    "source that does not work changes nothing, and says where it is wrong",
    async () => {
      const broken = { ...GREETER, files: { "main.ts": "export const greet = (" } };
      const error = await failsWith(add(broken, packageName), { code: "artifact_failed" });
      assert.match(error.message, /main\.ts:1/);
      const latest = await call(ADA);
      assert.equal(latest.success && latest.output, "second");
      // The number of the version that did not work is not given to another.
      const files = { "main.ts": "export const greet = () => 'fourth';" };
      const fourth = await add({ ...GREETER, files }, packageName);
      assert.equal(fourth.manifest.resolved.version, "4.0.0");
    },
  );

  await t.step(
    "attack: another tenant cannot run, describe or replace it by any name",
    async () => {
      for (const version of [undefined, "latest", "1.0.0", "4.0.0", "^1.0.0", "*"]) {
        const stolen = await call(EVE, { version });
        assert.equal(!stolen.success && stolen.code, "tool_not_found", String(version));
        const asked = world.engine.describer.describe({ packageName, version, source: "inline" }, {
          ...{ tenant: EVE, requestId: "eve", signal: new AbortController().signal },
        });
        await failsWith(asked, { code: "tool_not_found" });
        const explained = world.engine.describer.explain({ packageName, source: "inline" }, {
          ...{ tenant: EVE, requestId: "eve", signal: new AbortController().signal },
        });
        await failsWith(explained, { code: "tool_not_found" });
      }
      // The artifact is on disk; no other source leads to it.
      for (const source of ["npm", "esm", "wasm", "auto", undefined] as const) {
        const stolen = await call(EVE, { source, version: "4.0.0" });
        assert.equal(stolen.success, false);
      }
      await failsWith(adder(world, EVE)(GREETER, packageName), { code: "tool_not_found" });
      const visibleToEve = sql`visibility = 'public' or owner_id = ${EVE}`;
      const { items } = await listTools(sql, { filter: {}, visible, limit: 10 });
      for (const tool of [items[0]!.id, items[0]!.slug]) {
        await failsWith(readTool(sql, { tool, visible: visibleToEve }), { code: "tool_not_found" });
      }
    },
  );

  await t.step("what is there and what is not look the same to another tenant", async () => {
    const there = await call(EVE);
    const absent = await call(EVE, { packageName: `inline-${"0".repeat(32)}` });
    assert.ok(!there.success && !absent.success);
    const shown = ({ error, code, suggestion, details }: typeof there) => ({
      ...{ error, code, suggestion, details },
    });
    assert.deepEqual(shown(there), shown(absent));
  });

  await t.step(
    "published, it runs for others: the newest version, and no draft before it",
    async () => {
      await sql`update package set visibility = 'public' where name = ${packageName}`;
      world.engine.onInlineChange(packageName);
      const shared = await call(EVE);
      assert.equal(shared.success && shared.output, "fourth");
      const draft = await call(EVE, { version: "1.0.0" });
      assert.equal(!draft.success && draft.code, "tool_not_found");
    },
  );
  assert.deepEqual(world.unexpected, []);
});

Deno.test("without the guard, another tenant's source runs for whoever knows its name", async () => {
  await using database = await openSharedDatabase("pglite");
  await using world = await TestWorld.open({ database });
  const { manifest } = await adder(world, ADA)(GREETER);
  const { packageName } = manifest.resolved;
  // What the engine prepares with, once with the guard and once without.
  const inline = openInline({
    sql: database.sql,
    install: () => Promise.reject(new Error("not needed")),
    onFailure: () => {},
  });
  const reached: string[] = [];
  const bare = (request: { readonly packageName: string }) => {
    reached.push(request.packageName);
    return Promise.reject(new Error("reached"));
  };
  const request = { packageName, source: "inline" } as const;
  const options = { tenant: EVE, signal: new AbortController().signal };
  await failsWith(inline.guard(bare)(request, options), { code: "tool_not_found" });
  assert.deepEqual(reached, []);
  await assert.rejects(() => bare(request), /reached/);
  const step = { signal: options.signal };
  assert.equal((await inline.source.resolve(packageName, undefined, step)).version, "1.0.0");
});

Deno.test("inline source imports pinned packages from npm, and nothing that it did not name", async () => {
  await using database = await openSharedDatabase("pglite");
  await using world = await TestWorld.open({ database });
  await world.publish("shout", "export const shout = (text) => text.toUpperCase() + '!';");
  const add = adder(world, ADA);
  const code: InlineCode = {
    files: {
      "main.ts":
        `import { shout } from "shout"; export const greet = (p: { name: string }) => shout(p.name);`,
    },
    entry: "main.ts",
    dependencies: { shout: "1.0.0" },
    packageJson: {},
  };
  const { manifest } = await add(code);
  const { packageName } = manifest.resolved;
  const result = await world.call(
    { packageName, name: "greet", params: { name: "Bo" }, source: "inline" },
    { tenant: ADA },
  );
  assert.equal(result.success && result.output, "BO!");
  await failsWith(add({ ...code, dependencies: { shout: "9.9.9" } }), { code: "artifact_failed" });
  const outside = { "main.ts": `export { default as greet } from "/etc/hostname";` };
  await failsWith(add({ ...code, files: outside }), { code: "artifact_failed" });
});

for (const kind of TEST_DATABASE_KINDS) {
  Deno.test(`a plug-in that was brought runs in versions, for its owner only (${kind})`, async () => {
    await using database = await openSharedDatabase(kind);
    await using world = await TestWorld.open({ database });
    const add = adder(world, ADA);
    const brought = (config: string) => ({
      modules: { "main.wasm": module },
      plugin: {
        config: { thing: config },
        tools: {
          echo: { description: "Says it again", input: "text", output: "text" },
          setting: { description: "Tells", inputSchema: { type: "object", maxProperties: 0 } },
        },
      },
    });
    const module = (await samplePlugin()).toBase64();
    const code = (body: object) => inlineCode(addInlineSchema.parse(body));
    const uploaded = await world.engine.plugins.storeModule(await samplePlugin());
    const first = await add(
      await readUploads(
        code({ ...brought("first"), modules: { "main.wasm": uploaded } }),
        world.engine.plugins,
      ),
    );
    const { packageName, version } = first.manifest.resolved;
    assert.deepEqual([version, first.manifest.form], ["1.0.0", "wasm"]);
    const call = (name: string, more: object = {}, tenant = ADA) =>
      world.call({ packageName, name, source: "inline", ...more }, { tenant });
    const echoed = await call("echo", { params: { input: "[1]" } });
    assert.ok(echoed.success, JSON.stringify(echoed));
    assert.deepEqual([echoed.output, echoed.meta.runtime], ["[1]", "extism"]);
    const wrong = await call("setting", { params: { a: 1 } });
    assert.equal(!wrong.success && wrong.code, "invalid_input");

    assert.equal(
      (await add(code(brought("first")), packageName)).manifest.resolved.version,
      "1.0.0",
    );
    const second = await add(code(brought("second")), packageName);
    assert.equal(second.manifest.resolved.version, "2.0.0");
    const latest = await call("setting");
    assert.equal(latest.success && latest.output, "second");
    const exact = await call("setting", { version: "1.0.0" });
    assert.equal(exact.success && exact.output, "first");
    const broken = { modules: { "main.wasm": btoa("\0asm no more than that") } };
    await failsWith(add(code(broken), packageName), { code: "artifact_failed" });
    const still = await call("setting");
    assert.equal(still.success && still.output, "second");

    for (const wish of [undefined, "latest", "1.0.0", "2.0.0"]) {
      const stolen = await call("setting", { version: wish }, EVE);
      assert.equal(!stolen.success && stolen.code, "tool_not_found");
    }
    await failsWith(adder(world, EVE)(code(brought("evil")), packageName), {
      code: "tool_not_found",
    });
    const { items } = await listTools(database.sql, {
      ...{ filter: {}, visible: database.sql`owner_id = ${ADA}`, limit: 50 },
    });
    const echo = items.find(({ name }) => name === "echo");
    assert.deepEqual([echo?.visibility, echo?.runtimes], ["private", ["extism"]]);
    assert.deepEqual(world.unexpected, []);
  });
}
