import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import { fakeMcp, fetchInto } from "../../tests/support/fake_mcp.ts";
import { createMcpHttp } from "./mcp_http.ts";
import { modernCallOf, plainCallOf } from "./plain_call.ts";

const HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  "mcp-session-id": "session-1.fs",
};

function requestWith(headers: Readonly<Record<string, string>> = {}): Request {
  return new Request("http://127.0.0.1/mcp", {
    method: "POST",
    headers: { ...HEADERS, ...headers },
  });
}

/** JSON text, for keys that a literal would not have. */
function call(params: string, more = ""): unknown {
  return JSON.parse(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}${more}}`);
}

const PLAIN = [
  '{"name":"acme-tools--run"}',
  '{"name":"acme-tools--run","arguments":{"a":[1,{"b":null}]}}',
  '{"name":"acme-tools--run","_meta":{"progressToken":"t","acme.example/id":1}}',
  '{"name":"nothing"}',
];

const UNUSUAL = [
  '{"name":1}',
  "[]",
  '{"name":"acme-tools--run","arguments":[]}',
  '{"name":"acme-tools--run","arguments":null}',
  '{"name":"acme-tools--run","arguments":{"__proto__":{"a":1},"b":2}}',
  '{"name":"acme-tools--run","_meta":null}',
  '{"name":"acme-tools--run","_meta":{"progressToken":1.5}}',
  '{"name":"acme-tools--run","_meta":{"io.modelcontextprotocol/related-task":{}}}',
  '{"name":"acme-tools--run","task":{}}',
  '{"name":"acme-tools--run","inputResponses":{}}',
];

const RESULTS: readonly (McpToolResult | Error)[] = [
  { content: [] },
  { content: [{ type: "text", text: "a" }], isError: true },
  { content: [{ type: "text", text: "a" }], structuredContent: { a: 1 } },
  { content: [{ type: "text", text: "a" }], structuredContent: [1] },
  { content: [], structuredContent: "a" },
  { content: [], structuredContent: JSON.parse('{"__proto__":1,"a":2}') },
  { content: [{ type: "text", text: "a", annotations: { priority: 1 } }] },
  { content: [{ type: "text", text: "a", other: 1 }] },
  { content: [{ type: "image", data: "AAAA", mimeType: "image/png" }] },
  { content: [{ type: "image", data: 1 }] },
  { content: [{ type: "text" }] },
  { content: [], _meta: { a: 1 }, other: 2 },
  new AirlockError("quarantined", "call tool: it has changed"),
  new TypeError("nobody foresaw it"),
] as readonly (McpToolResult | Error)[];

Deno.test("plainCallOf() takes calls that say nothing else", () => {
  for (const params of PLAIN) assert.ok(plainCallOf(requestWith(), call(params)), params);
  for (const params of UNUSUAL) assert.ok(!plainCallOf(requestWith(), call(params)), params);
  const body = call(PLAIN[0]!);
  const versions = { "2025-06-18": true, "2026-07-28": false, "1999-01-01": false };
  for (const [version, isPlain] of Object.entries(versions)) {
    const found = plainCallOf(requestWith({ "mcp-protocol-version": version }), body);
    assert.equal(found !== undefined, isPlain, version);
  }
  assert.ok(!plainCallOf(requestWith({ accept: "application/json" }), body));
  assert.ok(!plainCallOf(requestWith(), call(PLAIN[0]!, ',"other":1')));
  assert.ok(!plainCallOf(requestWith(), { ...body as object, id: 1.5 }));
  assert.ok(!plainCallOf(requestWith(), [body]));
});

Deno.test("createMcpHttp() answers a call as the SDK's server would", async () => {
  const answers = async (result: McpToolResult | Error, params: string) => {
    const fake = fakeMcp([{
      toolName: "run",
      call({ args, onProgress }) {
        if (result instanceof Error) throw result;
        if ("b" in args) onProgress("on its way");
        return {
          ...result,
          content: [...result.content, { type: "text", text: String(args["a"]) }],
        };
      },
    }]);
    const ask = async (body: unknown) => {
      const init = { method: "POST", headers: HEADERS, body: JSON.stringify(body) };
      const response = await fetchInto(createMcpHttp(fake.tools))("http://127.0.0.1/mcp", init);
      const { status, headers } = response;
      return { status, type: headers.get("content-type"), text: await response.text() };
    };
    const body = call(params);
    // Several at once are the SDK's, also where there is one.
    const [own, others] = [await ask(body), await ask([body])];
    assert.deepEqual([own.status, own.type], [others.status, others.type]);
    const isStream = own.type === "text/event-stream";
    if (isStream) assert.equal(own.text, others.text);
    else assert.deepEqual([JSON.parse(own.text)], JSON.parse(others.text), params);
  };
  for (const result of RESULTS) await answers(result, PLAIN[1]!);
  for (const params of PLAIN) await answers(RESULTS[0]!, params);
  await answers(
    RESULTS[0]!,
    '{"name":"acme-tools--run","arguments":{"b":1},"_meta":{"progressToken":7}}',
  );
});

const ENVELOPE = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } },
  progressToken: 7,
};

const MODERN_HEADERS = {
  ...{ "content-type": "application/json", accept: "application/json, text/event-stream" },
  ...{ "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call" },
  "mcp-name": "acme-tools--run",
};

function modern(args: unknown = {}, more: object = {}, meta: object = {}): object {
  const params = { name: "acme-tools--run", arguments: args, _meta: { ...ENVELOPE, ...meta } };
  return { jsonrpc: "2.0", id: 1, method: "tools/call", params: { ...params, ...more } };
}

Deno.test("modernCallOf() takes calls that are right in every header", () => {
  const found = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    modernCallOf(requestWith({ ...MODERN_HEADERS, ...headers }), body);
  assert.deepEqual(found(modern())?.abilities, ["form"]);
  const headers: readonly Readonly<Record<string, string>>[] = [
    ...[{ "mcp-method": "tools/list" }, { "mcp-name": "other" }],
    ...[{ "mcp-protocol-version": "2025-11-25" }, { "content-type": "text/plain" }],
  ];
  for (const wrong of headers) assert.ok(!found(modern(), wrong), JSON.stringify(wrong));
  for (const key of Object.keys(ENVELOPE)) {
    assert.ok(!found(modern({}, {}, { [key]: null })), key);
  }
  assert.ok(!found(modern({}, {}, { "io.modelcontextprotocol/other": 1 })));
  assert.ok(!found(modern({}, { requestState: "s" })));
});

Deno.test("createMcpHttp() answers a call of 2026 as the SDK's server would", async () => {
  const answers = async (result: McpToolResult | Error, args: unknown) => {
    const fake = fakeMcp([{
      toolName: "run",
      call({ onProgress }) {
        if (result instanceof Error) throw result;
        if (args !== null) onProgress("on its way");
        return result;
      },
    }]);
    const ask = async (body: unknown) => {
      const init = { method: "POST", headers: MODERN_HEADERS, body: JSON.stringify(body) };
      const response = await fetchInto(createMcpHttp(fake.tools))("http://127.0.0.1/mcp", init);
      const { status, headers } = response;
      const text = await response.text();
      const type = headers.get("content-type");
      return { status, type, told: type === "application/json" ? JSON.parse(text) : text };
    };
    const given = args ?? {};
    // A member that nobody knows is the SDK's to leave out.
    assert.deepEqual(await ask(modern(given)), await ask(modern(given, { other: 1 })));
  };
  for (const result of RESULTS) await answers(result, null);
  await answers(RESULTS[0]!, { a: 1 });
});
