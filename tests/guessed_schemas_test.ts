import assert from "node:assert/strict";
import { describePackage, toolNamed } from "./support/describe_package.ts";
import { TestWorld } from "./support/test_world.ts";

const SCHEMA = {
  type: "object",
  properties: { text: { type: "string", maxLength: 3 } },
  required: ["text"],
};

Deno.test("a configured model guesses what nothing describes, and refuses no call", async () => {
  const asked: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      asked.push(await request.text());
      return Response.json({ choices: [{ message: { content: JSON.stringify(SCHEMA) } }] });
    },
  );
  const source = `export const shout = (given) => (given.text ?? "nothing") + "!";`;
  const env = {
    AIRLOCK_SCHEMA_MODEL_URL: `http://127.0.0.1:${server.addr.port}/v1`,
    AIRLOCK_SCHEMA_MODEL: "small",
  };
  await using world = await TestWorld.open({ env });
  await world.publish("shouter", source);
  const shout = toolNamed(await describePackage(world, "shouter", "1.0.0"), "shout");
  assert.equal(shout.schemaStrategy, "model");
  assert.deepEqual(shout.inputSchema, SCHEMA);
  assert.match(shout.warnings.join(), /guessed by a model/);
  assert.equal(asked.length, 1);
  assert.ok(!asked[0]?.includes("given.text"), "no code");
  const loud = await world.call({
    packageName: "shouter",
    name: "shout",
    params: { text: "Hello" },
  });
  assert.equal(loud.success && loud.output, "Hello!", JSON.stringify(loud));
  const bare = await world.call({ packageName: "shouter", name: "shout", params: {} });
  assert.equal(bare.success && bare.output, "nothing!");
  assert.equal(asked.length, 1, "once for each version");

  await using plain = await TestWorld.open();
  await plain.publish("shouter", source);
  const none = toolNamed(await describePackage(plain, "shouter", "1.0.0"), "shout");
  assert.equal(none.schemaStrategy, "none");
  assert.equal(asked.length, 1, "nobody is asked where nobody is set");
  assert.deepEqual([...world.unexpected, ...plain.unexpected], []);
});
