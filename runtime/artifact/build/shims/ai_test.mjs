import { deepEqual, equal, match, throws } from "node:assert/strict";
import * as ai4 from "ai4";
import * as ai5 from "ai5";
import * as ai6 from "ai6";
import * as ai7 from "ai7";
import * as shim from "./ai.mjs";

const SCHEMA = { type: "object", properties: { a: { type: "string" } } };

for (const [version, real] of Object.entries({ ai4, ai5, ai6, ai7 })) {
  Deno.test(`ai shim: helpers give what ${version} gives`, async () => {
    const definition = { description: "d", inputSchema: real.jsonSchema(SCHEMA), execute: () => 1 };
    equal(shim.tool(definition), definition);
    equal(real.tool(definition), definition);
    if (real.dynamicTool !== undefined) {
      deepEqual(shim.dynamicTool(definition), real.dynamicTool(definition));
    }
    const validate = (value) => ({ success: true, value });
    const ours = shim.jsonSchema(SCHEMA, { validate });
    // The real asSchema recognises ours by its symbol and hands it back.
    if (real.asSchema !== undefined) equal(real.asSchema(ours), ours);
    const theirs = real.jsonSchema(SCHEMA, { validate });
    deepEqual(await ours.jsonSchema, await theirs.jsonSchema);
    equal(ours.validate, theirs.validate);
    for (const symbol of Object.getOwnPropertySymbols(theirs)) equal(ours[symbol], theirs[symbol]);
  });
}

Deno.test("ai shim: identifiers have the same form", () => {
  match(shim.generateId(), /^[0-9A-Za-z]{16}$/);
  match(shim.createIdGenerator({ prefix: "msg", size: 8 })(), /^msg-[0-9A-Za-z]{8}$/);
  throws(() => shim.createIdGenerator({ prefix: "a", separator: "x" }));
  throws(() => ai7.createIdGenerator({ prefix: "a", separator: "x" }));
});

Deno.test("ai shim: lazy schemas are made once", () => {
  let made = 0;
  const schema = shim.lazySchema(() => shim.jsonSchema(() => (made++, SCHEMA)));
  equal(schema(), schema());
  deepEqual([schema().jsonSchema, schema().jsonSchema, made], [SCHEMA, SCHEMA, 1]);
});
