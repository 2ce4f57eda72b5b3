import * as calculatorPackage from "@agentic/calculator";
import * as exa from "@exalabs/ai-sdk";
import { DynamicTool, tool as langchainTool } from "@langchain/core/tools";
import * as htmlToMarkdown from "@tpmjs/tools-html-to-markdown";
import * as firecrawl from "firecrawl-aisdk";
import * as jsYaml from "js-yaml";
import * as msPackage from "ms";
import assert from "node:assert/strict";
import * as slugifyPackage from "slugify";
import { z } from "zod";
import { findTool } from "./find_tool.ts";
import type { FoundTool } from "./found_tool.ts";
import { ToolNotFoundError } from "./guest_errors.ts";

const NO_ENV = { env: {}, declaredEnv: [] };
const find = (namespace: object, name: string) => findTool(namespace, name, NO_ENV);
const tool = (description: string, more: object = {}) => ({
  description,
  inputSchema: z.object({}),
  execute: () => description,
  ...more,
});
const kind = ({ name, shape, style }: FoundTool) => `${name} ${shape} ${style}`;

Deno.test("findTool() finds what real packages export", async () => {
  const rows: readonly (readonly [object, string, string])[] = [
    [calculatorPackage, "calculator", "calculator ai-tool ai-sdk"],
    [htmlToMarkdown, "htmlToMarkdownTool", "htmlToMarkdownTool ai-tool ai-sdk"],
    [htmlToMarkdown, "default", "default ai-tool ai-sdk"],
    [msPackage, "default", "default function function"],
    [slugifyPackage, "default", "default function function"],
    [jsYaml, "load", "load function function"],
    [firecrawl, "scrapeTool", "scrapeTool ai-tool ai-sdk"],
    [exa, "webSearch", "webSearch factory ai-sdk"],
  ];
  for (const [namespace, name, expected] of rows) {
    assert.equal(kind(await find(namespace, name)), expected);
  }
});

Deno.test("findTool() reaches into CommonJS modules however they were wrapped", async () => {
  const load = () => 1;
  const wrapped: readonly object[] = [
    { default: { load } },
    { default: { __esModule: true, default: { load } } },
    { "module.exports": { load } },
    { default: { __esModule: true, load } },
  ];
  for (const namespace of wrapped) {
    assert.equal((await find(namespace, "load")).method, load);
  }
  const nested = { default: { __esModule: true, default: load } };
  assert.equal((await find(nested, "default")).method, load);
  const withThis = { default: { helper: () => 1, load() {} } };
  assert.equal((await find(withThis, "load")).receiver, withThis.default);
});

Deno.test("findTool() follows dotted names through objects, arrays, maps and classes", async () => {
  class Kit {
    static fixed = tool("fixed");
    readonly made = tool("made");
    plain() {
      return this.made.description;
    }
  }
  const namespace = {
    tools: { add: tool("add"), "odd.name": tool("odd") },
    list: [tool("first", { name: "alpha" }), tool("second")],
    map: new Map([["entry", tool("entry")]]),
    set: new Set([tool("only", { id: "member" })]),
    Kit,
    kit: new Kit(),
  };
  for (
    const [name, description] of [
      ["tools.add", "add"],
      ["list.alpha", "first"],
      ["list.0", "first"],
      ["list.1", "second"],
      ["map.entry", "entry"],
      ["set.member", "only"],
      ["Kit.fixed", "fixed"],
      ["Kit.made", "made"],
      ["kit.made", "made"],
      ["set", "only"],
    ] as const
  ) {
    const found = await find(namespace, name);
    assert.equal(Reflect.get(found.value, "description"), description, name);
  }
  const method = await find(namespace, "kit.plain");
  assert.equal(kind(method), "kit.plain method function");
  assert.equal(method.receiver, namespace.kit);
});

Deno.test("findTool() finds a tool by its own or bare name while that is unambiguous", async () => {
  const namespace = {
    one: tool("1", { name: "web_search" }),
    group: { inner: tool("2"), twice: tool("3") },
    other: { twice: tool("4") },
  };
  assert.equal((await find(namespace, "web_search")).name, "one");
  assert.equal((await find(namespace, "inner")).name, "group.inner");
  await assert.rejects(find(namespace, "twice"), (error: unknown) => {
    assert.ok(error instanceof ToolNotFoundError);
    assert.deepEqual(error.available, ["group.twice", "other.twice"]);
    return true;
  });
  assert.equal((await find({ single: tool("x") }, "default")).name, "single");
});

Deno.test("findTool() opens factories with one configuration after another", async () => {
  const wants = (accepts: (config: unknown) => boolean) => (config: unknown) => {
    if (!accepts(config)) throw new Error("configure me");
    return tool(JSON.stringify(config));
  };
  const context = { env: { LOG: "1", MY_API_KEY: "k" }, declaredEnv: ["LOG", "MY_API_KEY"] };
  const namespace = {
    noneTool: wants((config) => config === undefined),
    envTool: wants((config) => Reflect.get(Object(config), "MY_API_KEY") === "k"),
    apiKeyTool: wants((config) => Reflect.get(Object(config), "apiKey") === "k"),
    keyTool: wants((config) => Reflect.get(Object(config), "key") === "k"),
    bareTool: wants((config) => config === "k"),
    createKit: async () => ({ search: await Promise.resolve(tool("search")), tools: {} }),
    class: class {},
    NeedsKey: class {
      readonly search = tool("keyed");
      constructor(config: { apiKey: string }) {
        if (config.apiKey !== "k") throw new Error("no key");
      }
    },
  };
  for (const name of ["noneTool", "envTool", "apiKeyTool", "keyTool", "bareTool"]) {
    const found = await findTool(namespace, name, context);
    assert.equal(found.shape, "factory", name);
  }
  assert.equal(
    kind(await findTool(namespace, "createKit.search", context)),
    "createKit.search factory ai-sdk",
  );
  assert.equal(
    kind(await findTool(namespace, "NeedsKey.search", context)),
    "NeedsKey.search method ai-sdk",
  );
});

Deno.test("findTool() reaches a method of a class that knows nothing of tools", async () => {
  class Client {
    readonly #key: string;
    readonly models = { list: () => ["small"] };
    constructor({ apiKey }: { apiKey: string }) {
      this.#key = apiKey;
    }
    whoAmI() {
      return this.#key;
    }
  }
  const context = { env: { MY_API_KEY: "k" }, declaredEnv: [] };
  const named = (name: string) => findTool({ Client }, name, context);
  const method = await named("Client.whoAmI");
  assert.equal(kind(method), "Client.whoAmI method function");
  assert.equal(Reflect.apply(method.method, method.receiver, []), "k");
  const nested = await named("Client.models.list");
  assert.deepEqual(Reflect.apply(nested.method, nested.receiver, []), ["small"]);
  function Old(this: object) {
    Object.assign(this, { mark: "!" });
  }
  Old.prototype.shout = function (this: { mark: string }, text: string) {
    return text + this.mark;
  };
  for (const namespace of [{ Old }, { default: Old }]) {
    const shout = await find(namespace, `${Object.keys(namespace)[0]}.shout`);
    assert.equal(Reflect.apply(shout.method, shout.receiver, ["a"]), "a!");
  }
  for (const name of ["Client", "Client.nothing", "Client.constructor", "Client.toString"]) {
    await assert.rejects(named(name), ToolNotFoundError, name);
  }
});

Deno.test("findTool() calls no plain function, whatever its name", async () => {
  let calls = 0;
  const namespace = {
    createIssue: (params: { title: string }) => [params, calls++],
    buildQuery: (params: { q: string }) => [params, calls++],
    sendTool: async (params: { to: string }) => [await params, calls++],
    search: (query: string) => [query, calls++],
  };
  for (const name of Object.keys(namespace)) {
    assert.equal(kind(await find(namespace, name)), `${name} function function`);
  }
  await assert.rejects(find(namespace, "missing"), ToolNotFoundError);
  assert.equal(calls, 0);
});

Deno.test("findTool() recognises LangChain tools by their names", async () => {
  const namespace = {
    increment: langchainTool(({ a }) => a + 1, {
      name: "inc",
      description: "adds one",
      schema: z.object({ a: z.number() }),
    }),
    Shout: class extends DynamicTool {
      constructor() {
        super({ name: "shout", description: "s", func: (text) => Promise.resolve(text) });
      }
    },
  };
  assert.equal(kind(await find(namespace, "inc")), "increment ai-tool invoke");
  assert.equal(kind(await find(namespace, "Shout")), "Shout method invoke");
});

Deno.test("findTool() says which tools there are", async () => {
  await assert.rejects(find(jsYaml, "nope"), (error: unknown) => {
    assert.ok(error instanceof ToolNotFoundError);
    assert.equal(error.toolName, "nope");
    assert.ok(error.available.includes("load"));
    assert.equal(error.code, "tool_not_found");
    return true;
  });
});
