import * as calculatorPackage from "@agentic/calculator";
import * as exa from "@exalabs/ai-sdk";
import * as htmlToMarkdown from "@tpmjs/tools-html-to-markdown";
import * as firecrawl from "firecrawl-aisdk";
import * as jsYaml from "js-yaml";
import assert from "node:assert/strict";
import * as slugifyPackage from "slugify";
import { z } from "zod";
import { findTool } from "./find_tool.ts";
import { listTools } from "./list_tools.ts";

const NO_ENV = { env: {}, declaredEnv: [] };
const tool = (description: string) => ({
  description,
  inputSchema: z.object({}),
  execute: () => 1,
});

Deno.test("listTools() describes real packages", async () => {
  const calculator = await listTools(calculatorPackage, NO_ENV);
  assert.deepEqual(calculator.tools.map(({ name }) => name), ["calculator"]);
  assert.match(calculator.tools[0]!.description, /mathematical expressions/);
  assert.deepEqual(Object.keys(Object(calculator.tools[0]!.inputSchema?.properties)), ["expr"]);
  assert.deepEqual(calculator.otherExports, ["CalculatorInputSchema"]);

  const markdown = await listTools(htmlToMarkdown, NO_ENV);
  assert.deepEqual(markdown.tools.map(({ name }) => name), ["htmlToMarkdownTool"]);
  assert.equal(markdown.tools[0]!.schemaStrategy, "ai-sdk");

  const slugify = await listTools(slugifyPackage, NO_ENV);
  assert.deepEqual(slugify.tools.map(({ name }) => name), ["default", "extend"]);

  const yaml = await listTools(jsYaml, NO_ENV);
  assert.ok(yaml.tools.some(({ name, inputSchema }) => name === "load" && inputSchema === null));
  assert.ok(yaml.otherExports.includes("JSON_SCHEMA"));

  const [webSearch] = (await listTools(exa, NO_ENV)).tools;
  assert.equal(webSearch?.shape, "factory");
  assert.deepEqual(Object.keys(Object(webSearch?.inputSchema?.properties)), ["query"]);
});

Deno.test("listTools() says what a factory lacks, and fills in what is declared", async () => {
  const bare = await listTools(firecrawl, NO_ENV);
  const factory = bare.tools.find(({ name }) => name === "FirecrawlTools");
  assert.match(factory?.warnings.join() ?? "", /FIRECRAWL_API_KEY is required/);
  const declared = await listTools(firecrawl, { env: {}, declaredEnv: ["FIRECRAWL_API_KEY"] });
  assert.ok(declared.tools.some(({ name }) => name === "FirecrawlTools.search"));
  const alias = declared.tools.find(({ name }) => name === "scrapeTool");
  assert.deepEqual(alias?.warnings, ["the same tool as scrape"]);
});

Deno.test("listTools() lists names that findTool() finds", async () => {
  class Kit {
    static fixed = tool("fixed");
    get tools() {
      return [tool("got")];
    }
  }
  const shared = tool("shared");
  const namespace = {
    shared,
    group: { inner: tool("inner"), shared, deeper: { still: tool("still") } },
    list: [tool("zero"), { ...tool("named"), name: "named" }],
    map: new Map([["entry", tool("entry")]]),
    tools: { plain: (a: number) => a },
    data: { notListed: () => 1 },
    createKit: () => ({ search: tool("search") }),
    HelperToolkit: Kit,
    version: "1",
    default: { shared, only: () => 1 },
  };
  const { tools, otherExports } = await listTools(namespace, NO_ENV);
  const names = tools.map(({ name }) => name);
  assert.deepEqual(names, [
    "shared",
    "group.inner",
    "group.deeper.still",
    "list.0",
    "list.named",
    "map.entry",
    "tools.plain",
    "createKit.search",
    "HelperToolkit.fixed",
    "HelperToolkit.tools.0",
    "only",
  ]);
  assert.deepEqual(otherExports, ["data", "version"]);
  for (const name of names) assert.equal((await findTool(namespace, name, NO_ENV)).name, name);
});

Deno.test("listTools() names an instance's tools by what its class hands out", async () => {
  // The shape of @agentic clients: kept in private fields, handed out as an iterable.
  class FunctionSet {
    readonly _map = new Map([[
      "search",
      Object.assign(() => 1, { ...tool("s"), spec: { name: "search" } }),
    ]]);
    [Symbol.iterator]() {
      return this._map.values();
    }
  }
  class SearchClient {
    _functions?: FunctionSet;
    get functions() {
      return this._functions ??= new FunctionSet();
    }
  }
  const { tools } = await listTools({ SearchClient }, NO_ENV);
  assert.deepEqual(tools.map(({ name, shape }) => [name, shape]), [
    ["SearchClient.functions.search", "method"],
  ]);
  assert.equal((await findTool({ SearchClient }, "search", NO_ENV)).name, tools[0]!.name);
});

Deno.test("listTools() explains tools that cannot be called here", async () => {
  const report = await listTools({
    client: { description: "runs in a browser", inputSchema: z.object({}) },
    remote: { type: "provider", id: "vendor.search", args: {} },
    plain: { a: 1 },
  }, NO_ENV);
  assert.deepEqual(report.tools, []);
  assert.equal(report.warnings.length, 2);
});

Deno.test("listTools() bounds what a package says about itself", async () => {
  const many: Record<string, unknown> = {};
  for (let index = 0; index < 5000; index++) many[`f${index}`] = () => index;
  many["n".repeat(10_000)] = tool("long name");
  const bounded = await listTools(many, NO_ENV);
  assert.ok(bounded.tools.length <= 512);
  const long = await listTools({ fine: tool("d".repeat(1_000_000)) }, NO_ENV);
  assert.equal(long.tools[0]!.description.length, 4096);
  const hostile = { description: { toString: () => "object" }, inputSchema: {}, execute: () => 1 };
  assert.equal((await listTools({ hostile }, NO_ENV)).tools[0]!.description, "");
});
