import assert from "node:assert/strict";
import { packageEntry } from "../../tests/support/catalog_entries.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { listTools } from "./list_tools.ts";
import { recordPackage } from "./record_package.ts";
import { searchTools } from "./search_tools.ts";

testDatabase("searchTools() finds what is meant", async ({ sql }, t) => {
  const everything = sql`true`;
  const find = async (query: string, more: object = {}) => {
    const options = { query, filter: {}, visible: everything, limit: 20, ...more };
    const { items, match } = await searchTools(sql, options);
    return { names: items.map(({ name }) => name), match };
  };
  const packages = [
    packageEntry({
      name: "@web/html",
      tools: [
        { name: "htmlToMarkdown", description: "Converts a page" },
        { name: "summarise", description: "Shortens html and markdown, and other text, a lot" },
      ],
    }),
    packageEntry({
      name: "weather",
      manifest: { category: "data", runtimes: [{ runtime: "quickjs", ok: true }] },
      tools: [{ name: "forecast", description: "Tells tomorrow's weather in a city" }],
    }),
    packageEntry({
      name: "inline-x",
      source: "inline",
      more: { ownerId: "usr_a", visibility: "private" },
      tools: [{ name: "weatherOfMine", description: "weather" }],
    }),
  ];
  for (const entry of packages) await recordPackage(sql, entry);

  await t.step("names count for more than descriptions", async () => {
    assert.deepEqual(await find("markdown html"), {
      names: ["htmlToMarkdown", "summarise"],
      match: "all",
    });
  });
  await t.step("words are stemmed, and the last may be unfinished", async () => {
    assert.deepEqual((await find("converting page")).names, ["htmlToMarkdown"]);
    assert.deepEqual((await find("mark")).names[0], "htmlToMarkdown");
  });
  await t.step("the name of a package finds all of it", async () => {
    assert.deepEqual((await find("@web/html")).names.length, 2);
  });
  await t.step("a misspelt word finds what it looks like", async () => {
    assert.deepEqual(await find("markdwon"), {
      names: ["htmlToMarkdown", "summarise"],
      match: "similar",
    });
  });
  await t.step("any word will do where nothing has all", async () => {
    const found = await find("markdown tomorrow");
    assert.equal(found.match, "any");
    assert.deepEqual([...found.names].sort(), ["forecast", "htmlToMarkdown", "summarise"]);
  });
  await t.step("filters hold", async () => {
    assert.deepEqual((await find("weather", { filter: { category: "media" } })).names, []);
    assert.deepEqual((await find("weather", { filter: { runtime: "quickjs" } })).names, [
      "forecast",
    ]);
    assert.deepEqual((await find("weather", { filter: { source: "npm" } })).names, ["forecast"]);
    assert.deepEqual((await find("weather", { filter: { health: "broken" } })).names, []);
    assert.deepEqual((await find("weather", { filter: { minPopularity: 1 } })).names, []);
  });
  await t.step("what a reader may not see is not found, by words or by name", async () => {
    const visible = sql`visibility = 'public' or owner_id = ${"usr_b"}`;
    assert.deepEqual((await find("weather", { visible })).names, ["forecast"]);
    assert.deepEqual((await find("weatherOfMine", { visible })).names, ["forecast"]);
    assert.deepEqual((await find("inline-x", { visible })).names, []);
    const own = sql`visibility = 'public' or owner_id = ${"usr_a"}`;
    assert.deepEqual((await find("weatherOfMine", { visible: own })).names, ["weatherOfMine"]);
  });
  await t.step("what is no word, and what a query language would read, does no harm", async () => {
    for (const query of ["", "&|!()<->:*", "'; drop table tool; --", "\u0000", "the", "a:*&"]) {
      await find(query);
    }
    assert.deepEqual((await find("markdown' & !html")).names[0], "htmlToMarkdown");
  });
});

testDatabase("listTools() and searchTools() turn pages without loss or repeat", async ({ sql }) => {
  const tools = Array.from({ length: 25 }, (_, index) => ({ name: `sortItem${index}` }));
  await recordPackage(sql, packageEntry({ name: "sorting", tools }));
  await sql`update tool set popularity = (length(name) + ascii(right(name, 1)) % 3) / 3.0`;
  const visible = sql`true`;
  const readers = [
    (cursor?: string) => listTools(sql, { filter: {}, visible, limit: 4, cursor }),
    (cursor?: string) => searchTools(sql, { query: "sort", filter: {}, visible, limit: 4, cursor }),
    (cursor?: string) =>
      searchTools(sql, { query: "sortt", filter: {}, visible, limit: 4, cursor }),
  ];
  for (const read of readers) {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await read(cursor);
      assert.ok(page.items.length <= 4);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    assert.equal(seen.length, 25);
    assert.equal(new Set(seen).size, 25);
  }
});
