import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { fakeGateway } from "../../tests/support/fake_gateway.ts";

const PACKAGE = { packageName: "@scope/tools" };

Deno.test("POST /describe-tool lists every tool, or one", async () => {
  const { post } = fakeGateway();
  const all = await (await post("/describe-tool", PACKAGE)).json();
  assert.deepEqual(all.tools.map((tool: { name: string }) => tool.name), ["greet", "loose"]);
  assert.deepEqual(all.needs, { net: ["api.example.com"] });
  assert.equal(all.version, "1.2.3");
  const one = await (await post("/describe-tool", { ...PACKAGE, name: "loose" })).json();
  assert.equal(one.tools.length, 1);
  assert.ok(!JSON.stringify(all).includes("codeDirectory"));
});

Deno.test("POST /describe-tool names the tools there are when one is not", async () => {
  const { post } = fakeGateway();
  const response = await post("/describe-tool", { ...PACKAGE, name: "constructor" });
  assert.equal(response.status, 404);
  const body = await response.json();
  assert.equal(body.code, "tool_not_found");
  assert.match(body.suggestion, /greet, loose/);
});

Deno.test("POST /describe-tool passes a describer's errors on", async () => {
  const { post } = fakeGateway({
    describe: () =>
      Promise.reject(
        new AirlockError("artifact_failed", "fetch x: not found", {
          stage: "resolve",
          details: { step: "resolve" },
          cause: new Error("/host/path"),
        }),
      ),
  });
  const response = await post("/describe-tool", PACKAGE);
  assert.equal(response.status, 502);
  const text = await response.text();
  assert.match(text, /"stage":"resolve"/);
  assert.ok(!text.includes("/host/path"));
});

Deno.test("POST /load-and-describe answers where older platforms look", async () => {
  const { post } = fakeGateway();
  const body = await (await post("/load-and-describe", { ...PACKAGE, name: "greet" })).json();
  assert.equal(body.success, true);
  assert.equal(body.name, "greet");
  assert.deepEqual(body.inputSchema, body.tool.inputSchema);
  assert.equal(body.tool.exportName, "greet");
  const loose = await (await post("/load-and-describe", { ...PACKAGE, name: "loose" })).json();
  assert.equal(loose.inputSchema.type, "object");
  assert.equal((await post("/load-and-describe", PACKAGE)).status, 400);
});

Deno.test("POST /list-exports lists tools and other exports", async () => {
  const { post } = fakeGateway();
  const body = await (await post("/list-exports", PACKAGE)).json();
  assert.deepEqual(body.exports, ["greet", "loose", "VERSION"]);
  assert.equal(body.tools[0].isValidTool, true);
});
