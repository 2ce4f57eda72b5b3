import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { listenEverything, realServer } from "../../tests/support/real_upstreams.ts";
import { descendantsOf } from "../../tests/support/process_tree.ts";
import { upstreamTools, urlPlace } from "../../tests/support/upstream_world.ts";
import type { LogEntry } from "../../spec/sandbox.ts";
import type { JsonObject } from "../../spec/json.ts";
import { connectUpstream } from "./connect_upstream.ts";
import type { Upstream, UpstreamCall } from "./upstream.ts";
import { upstreamError } from "./upstream_errors.ts";

function call(
  upstream: Upstream,
  name: string,
  args: JsonObject,
  more: Partial<UpstreamCall> = {},
) {
  return upstream.callTool({
    ...{ name, args, signal: new AbortController().signal, timeoutMs: 20_000 },
    ...{ onLog: () => {}, onProgress: () => {}, ...more },
  });
}

/** What every way to the server that has everything has to bring. */
async function assertEverything(upstream: Upstream): Promise<void> {
  const { tools, digests } = await upstream.listing();
  assert.ok(tools.length >= 10, tools.map(({ name }) => name).join());
  assert.equal(new Set(digests.values()).size, tools.length);
  const echo = await call(upstream, "echo", { message: "hello" });
  assert.match(JSON.stringify(echo.content), /hello/);
  const image = await call(upstream, "get-tiny-image", {});
  assert.ok(image.content.some(({ type }) => type === "image"));
  const structured = await call(upstream, "get-structured-content", { location: "New York" });
  assert.equal(typeof structured.structuredContent, "object");
  const embedded = await call(upstream, "get-resource-reference", {
    ...{ resourceType: "Text", resourceId: 1 },
  });
  assert.ok(embedded.content.some(({ type }) => type === "resource"));
  const steps: number[] = [];
  await call(upstream, "trigger-long-running-operation", { duration: 0.2, steps: 2 }, {
    onProgress: (_message, at) => steps.push(at.progress),
  });
  assert.deepEqual(steps, [1, 2]);
  const wrong = await call(upstream, "get-sum", { a: "x" }).then(
    (result) => result.isError,
    (error) => upstreamError("call", error).code,
  );
  assert.ok(wrong === true || wrong === "invalid_input", String(wrong));
}

Deno.test("connectUpstream() finds out which transport a server speaks, and passes all through", async (t) => {
  for (const kind of ["streamableHttp", "sse"] as const) {
    await t.step(kind, async () => {
      await using server = await listenEverything(kind);
      const tools = upstreamTools({ allow: [`127.0.0.1:${server.port}`] });
      await using upstream = await connectUpstream(urlPlace(server.url), tools).upstream;
      assert.equal(upstream.transport, kind === "sse" ? "sse" : "streamable-http");
      await assertEverything(upstream);
    });
  }
  await t.step("stdio", async () => {
    // Passed over by the server: other tests start one too.
    const mark = crypto.randomUUID();
    const command = realServer("everything", "stdio", mark);
    const tools = upstreamTools({ commands: [command] });
    const attempt = connectUpstream({ kind: "command", command }, tools);
    {
      await using upstream = await attempt.upstream;
      assert.equal(upstream.transport, "stdio");
      await assertEverything(upstream);
      assert.match(attempt.stderr(), /\S/);
    }
    assert.deepEqual(
      descendantsOf(Deno.pid).filter(({ command }) => command.includes(mark)),
      [],
    );
  });
});

Deno.test("connectUpstream() passes on logs, and a cancellation reaches the server", async () => {
  const script = new URL("../../tests/fixtures/upstreams/telling_server.ts", import.meta.url);
  const command = [Deno.execPath(), "run", "-A", "--quiet", "--no-config", script.pathname];
  const tools = upstreamTools({ commands: [command] });
  const attempt = connectUpstream({ kind: "command", command }, tools);
  await using upstream = await attempt.upstream;
  const logs: LogEntry[] = [];
  await call(upstream, "tell", {}, { onLog: (entry) => logs.push(entry) });
  assert.deepEqual(logs.map(({ level, message }) => [level, message]), [
    ["info", "plain"],
    ["error", '{"deep":1}'],
  ]);
  const cancel = new AbortController();
  const hanging = call(upstream, "hang", {}, { signal: cancel.signal });
  setTimeout(() => cancel.abort(), 200);
  await assert.rejects(hanging);
  const seen = await call(upstream, "cancelled", {});
  assert.match(JSON.stringify(seen.content), /"1"/);
});

Deno.test("connectUpstream() starts no command and reaches no place that is not allowed", async (t) => {
  const denied = { code: "permission_denied" } as const;
  const command = ["sh", "-c", "true"];
  const cases = [
    { kind: "command", command: [...command, "x"] },
    { kind: "command", command: ["sh"] },
    { kind: "command", command: ["sh -c true"] },
    { kind: "command", command: [] },
    urlPlace("http://example.com/mcp"),
    urlPlace("http://127.0.0.1:1/mcp"),
    urlPlace("https://user:key@example.com/mcp"),
    urlPlace("file:///etc/passwd"),
  ] as const;
  const tools = upstreamTools({ commands: [command] });
  for (const place of cases) {
    await t.step(JSON.stringify(place), async () => {
      await failsWith(connectUpstream(place, tools).upstream, denied);
    });
  }
  for (const host of ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "localhost"]) {
    await t.step(`https://${host}`, async () => {
      const attempt = connectUpstream(urlPlace(`https://${host}/mcp`), tools);
      const error = await attempt.upstream.then(() => assert.fail(), (error) => error);
      assert.equal(
        upstreamError("connect to MCP server", error).message.includes("not public"),
        true,
      );
    });
  }
});
