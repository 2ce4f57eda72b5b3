import assert from "node:assert/strict";
import { describePackage, toolNamed } from "./support/describe_package.ts";
import { TestWorld } from "./support/test_world.ts";

Deno.test("describe shows what declarations say of published plain functions", async () => {
  await using world = await TestWorld.open({ realRegistry: true });
  const slugify = toolNamed(await describePackage(world, "slugify", "1.6.9"), "default");
  assert.equal(slugify.schemaStrategy, "typescript");
  assert.deepEqual(slugify.positional, ["string", "options"]);
  assert.deepEqual(slugify.inputSchema?.required, ["string"]);
  assert.match(slugify.warnings.join(), /options\.remove accepts anything: JSON has no RegExp/);

  const marked = toolNamed(await describePackage(world, "marked", "18.2.1"), "parse");
  assert.deepEqual([marked.schemaStrategy, marked.positional], ["typescript", ["src", "options"]]);
  assert.match(marked.description, /^Compiles markdown to HTML/);

  const dates = await describePackage(world, "date-fns", "4.1.0");
  const addDays = toolNamed(dates, "addDays");
  assert.deepEqual(addDays.positional, ["date", "amount", "options"]);
  assert.deepEqual(Object(addDays.inputSchema?.properties).date, {
    anyOf: [{ type: "string" }, { type: "number" }],
    description: "The date to be changed",
  });

  const uuid = await describePackage(world, "uuid", "11.1.0");
  assert.deepEqual(toolNamed(uuid, "validate").schemaStrategy, "none", "it takes anything");
  assert.deepEqual(toolNamed(uuid, "parse").positional, ["uuid"]);
});

Deno.test("describe says nothing of packages without declarations", async () => {
  await using world = await TestWorld.open({ realRegistry: true });
  const packages = [["ms", "2.1.3", "default"], ["js-yaml", "4.1.0", "load"], [
    "papaparse",
    "5.5.3",
    "parse",
  ]] as const;
  for (const [name, version, tool] of packages) {
    const { inputSchema, schemaStrategy } = toolNamed(
      await describePackage(world, name, version),
      tool,
    );
    assert.deepEqual([inputSchema, schemaStrategy], [null, "none"], name);
  }
});

Deno.test("plain functions take their arguments by name or in order", async () => {
  await using world = await TestWorld.open({ realRegistry: true });
  const slugify = { packageName: "slugify", version: "1.6.9", name: "default" };
  const byName = await world.call({
    ...slugify,
    params: { options: { lower: true }, string: "Hello, Wörld!" },
  });
  const inOrder = await world.call({ ...slugify, params: ["Hello, Wörld!", { lower: true }] });
  const alone = await world.call({ ...slugify, params: "Hello, Wörld!" });
  const outputs = [byName, inOrder, alone].map((result) => result.success && result.output);
  assert.deepEqual(outputs, ["hello-world!", "hello-world!", "Hello-World!"]);
  // What declarations say refuses nothing that the function takes.
  const odd = await world.call({
    packageName: "date-fns",
    version: "4.1.0",
    name: "addDays",
    params: { date: "2020-01-01T00:00:00Z", amount: "2" },
  });
  assert.equal(odd.success, true, JSON.stringify(odd));
});
