import assert from "node:assert/strict";
import { isJsonObject, type JsonSchema } from "../../../../spec/json.ts";
import type { ToolSignature } from "../type_request.ts";
import { readTypes } from "./read_types.ts";

function signatureOf(text: string, name = "tool", files = {}): ToolSignature | undefined {
  const entry = "/index.d.ts";
  return readTypes({ files: { [entry]: text, ...files }, entry, tools: [name] })[name];
}

function schemaOf(text: string, files = {}): JsonSchema | null | undefined {
  return signatureOf(text, "tool", files)?.inputSchema;
}

/** What a property of that type is written as. */
function propertyOf(type: string, before = ""): { schema: unknown; warnings: readonly string[] } {
  const found = signatureOf(
    `${before}\nexport declare function tool(input: { a: ${type} }): void;`,
  );
  const properties = found?.inputSchema?.properties;
  assert.ok(isJsonObject(properties), JSON.stringify(found));
  return { schema: properties.a, warnings: found?.warnings ?? [] };
}

const PLAIN: readonly (readonly [type: string, schema: JsonSchema, before?: string])[] = [
  ["string", { type: "string" }],
  ["number", { type: "number" }],
  ["boolean", { type: "boolean" }],
  ["null", { type: "null" }],
  ["'a' | \"b\"", { enum: ["a", "b"] }],
  ["1 | 2 | true", { enum: [true, 1, 2] }],
  ["string | boolean | undefined", { anyOf: [{ type: "boolean" }, { type: "string" }] }],
  ["string[]", { type: "array", items: { type: "string" } }],
  ["ReadonlyArray<number>", { type: "array", items: { type: "number" } }],
  ["[string, number?]", {
    type: "array",
    prefixItems: [{ type: "string" }, { type: "number" }],
    minItems: 1,
    items: false,
  }],
  ["[string, ...boolean[]]", {
    type: "array",
    prefixItems: [{ type: "string" }],
    minItems: 1,
    items: { type: "boolean" },
  }],
  ["Record<string, number>", {
    type: "object",
    properties: {},
    additionalProperties: { type: "number" },
  }],
  ["Record<'x' | 'y', string>", {
    type: "object",
    properties: { x: { type: "string" }, y: { type: "string" } },
    required: ["x", "y"],
  }],
  ["Partial<T>", {
    type: "object",
    properties: { x: { type: "string" }, y: { type: "number" } },
  }, "interface T { x: string; y: number }"],
  [
    "Pick<T, 'x'>",
    { type: "object", properties: { x: { type: "string" } }, required: ["x"] },
    "interface T { x: string; y: number }",
  ],
  [
    "Omit<T, 'x'>",
    { type: "object", properties: { y: { type: "number" } }, required: ["y"] },
    "interface T { x: string; y: number }",
  ],
  ["A & B", {
    type: "object",
    properties: { x: { type: "string" }, y: { type: "number" } },
    required: ["x"],
  }, "interface A { x: string } type B = { y?: number }"],
  ["T", {
    type: "object",
    properties: { x: { type: "string" }, y: { type: "number" } },
    required: ["y", "x"],
  }, "interface Base { x: string } interface T extends Base { y: number }"],
  ["Level", { enum: [0, 1] }, "export declare enum Level { Low = 0, High = 1 }"],
  ["`a-${string}`", { type: "string" }],
  ["string & { readonly __brand: unique symbol }", { type: "string" }],
  ["Date | string", { type: "string" }],
];

for (const [type, schema, before] of PLAIN) {
  Deno.test(`readTypes() writes ${type}`, () => {
    assert.deepEqual(propertyOf(type, before), { schema, warnings: [] });
  });
}

const UNSAYABLE = [
  ...["Date", "Buffer", "Uint8Array", "() => void", "Function", "Map<string, number>", "unknown"],
  ...[
    "any",
    "symbol",
    "bigint",
    "Promise<string>",
    "Elsewhere",
    "never",
    "new () => object",
    "RegExp",
  ],
];

for (const type of UNSAYABLE) {
  Deno.test(`readTypes() lets ${type} be anything, and says so`, () => {
    const before = "import { Elsewhere } from 'elsewhere';";
    const { schema, warnings } = propertyOf(type, before);
    assert.deepEqual(schema, {});
    assert.match(warnings.join(), /^types: input\.a accepts anything: /);
  });
}

Deno.test("readTypes() tells optional members, words and defaults", () => {
  const schema = schemaOf(`
    interface Input {
      /** Whom to greet */
      name: string;
      /** How often
       * @default 3 */
      times?: number;
      /** @default 'loud' */
      tone?: "loud" | "low";
    }
    /** Greets. */
    export default tool;
    export declare function tool(input: Input): string;`);
  assert.deepEqual(schema, {
    type: "object",
    properties: {
      name: { type: "string", description: "Whom to greet" },
      times: { type: "number", description: "How often", default: 3 },
      tone: { enum: ["loud", "low"], default: "loud" },
    },
    required: ["name"],
  });
});

Deno.test("readTypes() describes a function by its own comment", () => {
  const found = signatureOf(`
    /** Says it back. More words. */
    export const tool: (input: { text: string }) => string;`);
  assert.equal(found?.description, "Says it back. More words.");
});

Deno.test("readTypes() gives arguments that are no objects a property each", () => {
  const found = signatureOf(`
    /** @param text - What to cut
     * @param at Where */
    export function tool(text: string, at: number, options?: { trim?: boolean }): string;`);
  assert.deepEqual(found?.positional, ["text", "at", "options"]);
  assert.deepEqual(found?.inputSchema, {
    type: "object",
    properties: {
      text: { type: "string", description: "What to cut" },
      at: { type: "number", description: "Where" },
      options: { type: "object", properties: { trim: { type: "boolean" } } },
    },
    required: ["text", "at"],
    additionalProperties: false,
  });
});

Deno.test("readTypes() says nothing where an object could be meant either way", () => {
  for (
    const parameters of [
      "value: any, options?: {}",
      "value: unknown",
      "value: object | string, times: number",
      "target: { a: string }, source: { b: string }",
      "...values: string[]",
      "value: T, times: number",
    ]
  ) {
    const found = signatureOf(`export declare function tool<T>(${parameters}): void;`);
    assert.equal(found?.inputSchema, null, parameters);
    assert.equal(found?.positional, undefined);
    assert.match(found?.warnings.join() ?? "", /as an array|accepts anything/);
  }
});

Deno.test("readTypes() takes the first of overloads, and constraints of type parameters", () => {
  const schema = schemaOf(`
    export declare function tool<T extends { a: string }>(input: T): T;
    export declare function tool(input: string): string;`);
  assert.deepEqual(schema, {
    type: "object",
    properties: { a: { type: "string" } },
    required: ["a"],
  });
});

Deno.test("readTypes() leaves out of a union what JSON cannot say", () => {
  const found = signatureOf(`
    type Arg<D extends Date> = D | string | number;
    export declare function tool<D extends Date>(date: Arg<D> & {}, amount: number): D;`);
  assert.deepEqual(Object(found?.inputSchema?.properties).date, {
    anyOf: [{ type: "string" }, { type: "number" }],
  });
  assert.deepEqual(found?.warnings, []);
});

Deno.test("readTypes() describes a function without parameters", () => {
  assert.deepEqual(schemaOf("export declare function tool(): string;"), {
    type: "object",
    properties: {},
  });
});

Deno.test("readTypes() follows imports between files of the package, and no others", () => {
  const files = {
    "/lib/types.d.ts":
      "export interface Input { a: Deep; b: Outside } import { Deep } from '../deep';" +
      "import { Outside } from '../../outside.js';",
    "/deep/index.d.ts": "export type Deep = 'x';",
  };
  const text = "export * from './lib/tool.js';";
  const tool = "import type { Input } from './types'; export function tool(input: Input): void;";
  assert.deepEqual(schemaOf(text, { ...files, "/lib/tool.d.ts": tool }), {
    type: "object",
    properties: { a: { enum: ["x"] }, b: {} },
    required: ["a", "b"],
  });
});

Deno.test("readTypes() finds what the probe names: default, CommonJS and dotted", () => {
  const read = (text: string, name: string) => signatureOf(text, name)?.positional;
  assert.deepEqual(read("export default function (text: string): void;", "default"), ["text"]);
  const whole = `declare function whole(text: string): void;
    declare namespace whole { function part(count: number): void; }
    export = whole;`;
  assert.deepEqual(read(whole, "default"), ["text"]);
  assert.deepEqual(read(whole, "part"), ["count"]);
  const dotted = "export declare const deep: { inner: { run(flag: boolean): void } };";
  assert.deepEqual(read(dotted, "deep.inner.run"), ["flag"]);
  for (const name of ["absent", "deep.absent", "deep", "constructor", "__proto__", ""]) {
    assert.equal(read(dotted, name), undefined, name);
  }
  assert.equal(signatureOf("declare function tool(a: string): void;"), undefined, "no module");
});

Deno.test("readTypes() cuts types that refer to themselves", () => {
  const { schema, warnings } = propertyOf(
    "Tree",
    "interface Tree { value: string; children: Tree[] }",
  );
  assert.deepEqual(schema, {
    type: "object",
    properties: { value: { type: "string" }, children: { type: "array", items: {} } },
    required: ["value", "children"],
  });
  assert.match(warnings.join(), /refers to itself/);
});
