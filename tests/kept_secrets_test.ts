import assert from "node:assert/strict";
import type { ExecutionResult } from "../spec/execution.ts";
import { AccountsWorld } from "./support/accounts_world.ts";
import { TestWorld } from "./support/test_world.ts";

const VALUE = "s3cr3t/+value of the account";

/** Shows its token in every way that a careless tool might, and what else it finds. */
const LEAKY = `
export function show() {
  const token = process.env.API_TOKEN;
  console.log("token", token);
  console.log(btoa("user:" + token));
  console.log("https://api.example.com/?key=" + encodeURIComponent(token));
  console.log(JSON.stringify({ token: token + '"' }));
  return { length: token.length, other: process.env.OTHER ?? null };
}
export function fail() {
  throw new Error("401 for " + process.env.API_TOKEN);
}
`;

const FORMS = [VALUE, encodeURIComponent(VALUE), btoa(`user:${VALUE}`).slice(8, -4)];

function leaked(text: string): string[] {
  return FORMS.filter((form) => text.includes(form));
}

Deno.test("a kept secret reaches the tool that declares it, and no log and no error", async (t) => {
  await using world = await TestWorld.open();
  const env = [{ name: "API_TOKEN", required: true }];
  await world.publish("leaky", LEAKY, { packageJson: { tpmjs: { env } } });
  await world.publish("nosy", LEAKY.replace("token.length", "typeof token"));
  let unredacted = false;
  await using accounts = await AccountsWorld.open({
    gateway: {
      execute: (request, context) => {
        const grant = { ...context.grant, redact: undefined, redactStream: undefined };
        const loose = { ...context, grant };
        return world.engine.executor.execute(request, unredacted ? loose : context);
      },
    },
  });
  for (const [name, value] of [["API_TOKEN", VALUE], ["OTHER", "not declared"]]) {
    const kept = await accounts.ask("/api/secrets", { method: "PUT", body: { name, value } });
    assert.equal(kept.status, 200);
  }
  const call = async (packageName: string, name: string) => {
    const body = { packageName, name, params: {} };
    const text = await (await accounts.ask("/execute-tool", { body })).text();
    const result: ExecutionResult = JSON.parse(text);
    return { text, result };
  };
  await t.step("it is there for the tool, and in no form in its log", async () => {
    const { text, result } = await call("leaky", "show");
    assert.ok(result.success, text);
    assert.deepEqual(result.output, { length: VALUE.length, other: null });
    assert.equal(result.meta.logs.length, 4, text);
    assert.ok(result.meta.logs.every(({ message }) => message.includes("[redacted]")), text);
    assert.deepEqual(leaked(text), []);
  });
  await t.step("what the tool throws does not have it", async () => {
    const { text, result } = await call("leaky", "fail");
    assert.ok(!result.success);
    assert.match(result.error, /401 for \[redacted\]/);
    assert.deepEqual(leaked(text), []);
  });
  await t.step("a tool that does not declare it does not have it", async () => {
    const { result } = await call("nosy", "show");
    assert.ok(!result.success || JSON.stringify(result.output).includes("undefined"));
  });
  await t.step("without redaction it would be in both", async () => {
    unredacted = true;
    assert.deepEqual(leaked((await call("leaky", "show")).text), FORMS);
    assert.deepEqual(leaked((await call("leaky", "fail")).text), [VALUE]);
    unredacted = false;
  });
});

Deno.test("a key's ceiling narrows what calls may do and use, to the end", async (t) => {
  await using world = await TestWorld.open({ env: { AIRLOCK_DEFAULT_NET: "public" } });
  await world.publish(
    "greedy",
    `export async function reach({ url }) {
      try { return (await fetch(url)).status; } catch (error) { return String(error); }
    }
    export function spin({ ms }) { const end = Date.now() + ms; while (Date.now() < end); return "done"; }
    export function talk({ characters }) { return "x".repeat(characters); }`,
  );
  await using accounts = await AccountsWorld.open({
    gateway: {
      execute: (request, context) => world.engine.executor.execute(request, context),
    },
  });
  const call = async (ceiling: object, body: object): Promise<ExecutionResult> => {
    const wish = { name: "n", scopes: ["tools:execute"], ceiling };
    const { token } = await (await accounts.ask("/api/keys", { body: wish })).json();
    const asked = { packageName: "greedy", ...body };
    return await (await accounts.ask("/execute-tool", { key: token, body: asked })).json();
  };
  const codeOf = (result: ExecutionResult) => result.success ? "done" : result.code;
  const NET = { net: ["api.example.com"], netDirect: [], fs: "none" };

  await t.step("net", async () => {
    const reach = { name: "reach", params: { url: "https://other.example.net/" } };
    const cut = await call({ permissions: NET }, reach);
    assert.match(JSON.stringify(cut), /other\.example\.net/);
    assert.equal(cut.meta.egress[0]?.outcome, "refused");
    const none = { permissions: { ...NET, net: "none" } };
    const asked = { ...reach, permissions: { net: ["other.example.net"] } };
    assert.equal(codeOf(await call(none, asked)), "permission_denied");
    const tmp = { ...reach, permissions: { fs: "tmp" } };
    assert.equal(codeOf(await call(none, tmp)), "permission_denied");
  });
  await t.step("limits, whatever the call asks for", async () => {
    const spin = { name: "spin", params: { ms: 3_000 }, limits: { timeoutMs: 20_000 } };
    assert.equal(codeOf(await call({ limits: { timeoutMs: 1_000 } }, spin)), "deadline_exceeded");
    assert.equal(codeOf(await call({}, spin)), "done");
    const talk = { name: "talk", params: { characters: 5_000 } };
    assert.equal(codeOf(await call({ limits: { outputBytes: 1_000 } }, talk)), "resource_limit");
    assert.equal(codeOf(await call({}, talk)), "done");
  });
  await t.step("runtimes", async () => {
    const talk = { name: "talk", params: { characters: 1 } };
    const held = await call({ runtimes: ["quickjs"] }, talk);
    assert.equal(held.meta.runtime, "quickjs");
    const other = await call({ runtimes: ["quickjs"] }, { ...talk, runtime: "deno" });
    assert.equal(codeOf(other), "no_runtime");
    assert.equal(codeOf(await call({}, { ...talk, runtime: "deno" })), "done");
  });
});
