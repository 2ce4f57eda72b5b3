import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { exampleOf } from "../gateway/openapi/example_of.ts";
import { completeDocument } from "../gateway/openapi/complete_document.ts";
import { ROUTE_SCOPES } from "../gateway/routes/api/route_scopes.ts";
import { AccountsWorld } from "./support/accounts_world.ts";

interface Media {
  readonly schema: object;
  readonly example?: unknown;
}
interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Record<string, Media> }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

async function readDocument(): Promise<Document> {
  await using world = await AccountsWorld.open();
  return await (await world.ask("/openapi.json")).json();
}

const MCP_TRANSPORT = / (?:\/api)?\/mcp(?:\/:user\/.*)?$/;

function operationsOf({ paths }: Document) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    }))
  );
}

Deno.test("GET /openapi.json is a valid description of every route", async (t) => {
  const document = await readDocument();
  const operations = operationsOf(document);

  await t.step("a public validator accepts it", async () => {
    const { valid, errors } = await new Validator().validate({ ...structuredClone(document) });
    assert.ok(valid, JSON.stringify(errors));
    const broken = { ...structuredClone(document), paths: { "/x": { get: { responses: 1 } } } };
    assert.equal((await new Validator().validate(broken)).valid, false);
  });
  await t.step("it has each route of the table, and no other", () => {
    // Pages, better-auth's own routes, and those of protocols that describe their messages: MCP and
    // OAuth.
    const pages = [
      ...[/^GET \/docs/, /^GET \/openapi\.json$/, / \/api\/auth\/\*$/, MCP_TRANSPORT],
      ...[/ \/oauth\//, / \/\.well-known\//],
    ];
    const routes = Object.keys(ROUTE_SCOPES).filter((row) => !pages.some((page) => page.test(row)))
      .map((row) => row.replaceAll(/:(\w+)/g, "{$1}"));
    assert.deepEqual(operations.map(({ name }) => name).toSorted(), routes.toSorted());
  });
  await t.step("each says what it does, and how it fails", () => {
    for (const { name, operation: { summary, description, responses } } of operations) {
      assert.ok(summary !== undefined && summary.length > 3, `${name} has no summary`);
      assert.ok(description !== undefined && description.length > 10, `${name} is not described`);
      const failures = Object.entries(responses).filter(([status]) => /^[45]/.test(status));
      assert.ok(failures.length > 0, name);
      for (const [status, { content = {} }] of failures) {
        const types = Object.keys(content);
        const expected = name === "GET /health" ? "application/json" : "application/problem+json";
        assert.deepEqual(types, [expected], `${name} ${status}`);
      }
    }
  });
  await t.step("each body has an example that its schema allows", () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(ajv);
    ajv.addSchema({ $id: "doc", ...document });
    const wrong: string[] = [];
    for (const { name, operation: { requestBody, responses } } of operations) {
      const bodies = [["request", requestBody], ...Object.entries(responses)] as const;
      for (const [status, body] of bodies) {
        for (const [type, { schema, example }] of Object.entries(body?.content ?? {})) {
          if (!/json$/.test(type) || type.includes("ndjson")) continue;
          const where = `${name} ${status} ${type}`;
          if (example === undefined) {
            wrong.push(`${where} has no example`);
            continue;
          }
          const rebased = JSON.parse(
            JSON.stringify(schema).replaceAll('"#/components', '"doc#/components'),
          );
          const validate = ajv.compile(rebased);
          if (!validate(example)) wrong.push(`${where}: ${ajv.errorsText(validate.errors)}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });
  await t.step("POST below /api takes a key, nothing else does", () => {
    for (const { name, operation: { parameters = [] } } of operations) {
      const takes = parameters.some((one) => one.name === "Idempotency-Key");
      assert.equal(takes, name.startsWith("POST /api/"), name);
    }
  });
});

Deno.test("exampleOf() puts examples together, and makes none up", () => {
  const named = { Id: { type: "string", example: "x" } };
  assert.deepEqual(
    exampleOf({
      type: "object",
      properties: {
        id: { $ref: "#/components/schemas/Id" },
        list: { type: "array", items: { type: ["integer", "null"], minimum: 3 } },
        createdAt: { type: "string" },
        unheardOf: { type: "string" },
        either: { anyOf: [{ type: "null" }, { enum: ["a", "b"] }] },
      },
    }, { named }),
    { id: "x", list: [3], createdAt: "2030-01-01T00:00:00.000Z", either: "a" },
  );
  const loop = { Loop: { properties: { again: { $ref: "#/components/schemas/Loop" } } } };
  assert.ok(JSON.stringify(exampleOf(loop.Loop, { named: loop })).length < 500);
});

Deno.test("completeDocument() leaves what routes say themselves", () => {
  const document = completeDocument({
    openapi: "3.1.0",
    info: { title: "t", version: "1" },
    paths: { "/api/x": { post: { responses: { 429: { description: "mine" } } } } },
  });
  const { responses } = document.paths!["/api/x"]!.post!;
  assert.equal(responses![429].description, "mine");
  assert.ok("409" in responses! && "500" in responses!);
});
