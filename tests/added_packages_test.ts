import assert from "node:assert/strict";
import { AccountsWorld } from "./support/accounts_world.ts";
import { TEST_DATABASE_KINDS } from "./support/test_database.ts";
import { TestWorld } from "./support/test_world.ts";

const FIRST = `export const greet = ({ name }) => "Hello " + name;`;
const SECOND = `export const greet = ({ name }) => "Bye " + name;`;

/** A gateway over a real database whose calls run in a real engine. */
async function openWorlds(kind: typeof TEST_DATABASE_KINDS[number]) {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await TestWorld.open());
  const { executor, describer } = world.engine;
  const accounts = stack.use(
    await AccountsWorld.open({
      kind,
      gateway: {
        execute: (request, context) => executor.execute(request, context),
        describe: (request, context) => describer.describe(request, context),
      },
    }),
  );
  const json = async (path: string, asked = {}) => {
    const answer = await accounts.ask(path, asked);
    return { status: answer.status, body: await answer.json() };
  };
  const owned = stack.move();
  return {
    ...{ world, json, sql: accounts.database.sql },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

for (const kind of TEST_DATABASE_KINDS) {
  Deno.test(`a package that was added is callable through collections at once (${kind})`, async (t) => {
    await using worlds = await openWorlds(kind);
    const { world, json, sql } = worlds;
    await world.publish("greeter", FIRST);
    await world.publish("greeter", SECOND, { version: "1.1.0" });
    const first = { packageName: "greeter", version: "1.0.0" };
    const added = await json("/api/packages", { body: first });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    const [tool] = added.body.tools;
    const { body: collection } = await json("/api/collections", { body: { name: "Mine" } });
    const path = `/api/collections/${collection.id}`;
    const enter = () => json(`${path}/tools`, { body: { toolId: tool.id } });
    const params = { name: "Bo" };
    const outputs = async () => {
      const byName = { packageName: "greeter", name: "greet", collection: collection.id, params };
      const answers = [
        await json(`${path}/call`, { body: { tool: tool.slug, params } }),
        await json("/execute-tool", { body: byName }),
        await json("/mcp/call", {
          body: { serverId: collection.id, toolName: "greeter--greet", arguments: params },
        }),
      ];
      return answers.map(({ body }) => body.output ?? body.result?.content[0].text ?? body);
    };
    const everywhere = Array(3).fill("Hello Bo");

    await t.step("in a collection, over HTTP and MCP", async () => {
      const entered = await enter();
      assert.equal(entered.status, 200, JSON.stringify(entered.body));
      assert.deepEqual(await outputs(), everywhere);
    });
    await t.step("a version that comes later waits for a decision", async () => {
      const second = { ...first, version: "1.1.0" };
      assert.equal((await json("/api/packages", { body: second })).status, 201);
      const { body: { items } } = await json(`${path}/pins`);
      assert.deepEqual(items[0].waiting.map(({ version }: { version: string }) => version), [
        "1.1.0",
      ]);
      assert.deepEqual(await outputs(), everywhere);
      await json("/api/packages", { body: first });
      const { body: after } = await json(`${path}/pins`);
      assert.equal(after.items[0].waiting.length, 1);
    });
    await t.step("a tool of which only its registry's words are known is prepared", async () => {
      const { body } = await json("/api/collections", { body: { name: "Other" } });
      await sql`update package_version set manifest = null, lock = null, state = 'building'`;
      const entered = await json(`/api/collections/${body.id}/tools`, {
        body: { toolId: tool.id, displayName: "bye" },
      });
      assert.equal(entered.status, 200, JSON.stringify(entered.body));
      const called = await json(`/api/collections/${body.id}/call`, {
        body: { tool: "bye", params },
      });
      assert.equal(called.body.output, "Bye Bo");
    });
    await t.step("one that its code does not have is refused in words", async () => {
      await sql`update tool set name = 'absent' where id = ${tool.id}`;
      await sql`update package_version set manifest = null, lock = null`;
      const { body } = await json("/api/collections", { body: { name: "Third" } });
      const refused = await json(`/api/collections/${body.id}/tools`, {
        body: { toolId: tool.id },
      });
      assert.deepEqual([refused.status, refused.body.code], [404, "tool_not_found"]);
      assert.match(refused.body.error, /greeter@1\.1\.0 does not have absent/);
    });
    await t.step("who may not put it there has nothing prepared", async () => {
      const before = world.registry.requests.length;
      await sql`update package_version set manifest = null, lock = null`;
      const nowhere = await json("/api/collections/col_nothing/tools", {
        body: { toolId: tool.id },
      });
      assert.equal(nowhere.status, 404);
      const rows = await sql`select from package_version where lock is not null`;
      assert.deepEqual([rows.length, world.registry.requests.length], [0, before]);
    });
    assert.deepEqual(world.unexpected, []);
  });
}
