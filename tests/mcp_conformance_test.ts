import assert from "node:assert/strict";
import { sharedUri } from "../mcp/library/shared_uri.ts";
import type { Caller } from "../spec/account.ts";
import { AccountsWorld } from "./support/accounts_world.ts";
import { fillFixtures, FIXTURE_SOURCE, runFixture } from "./support/conformance_fixtures.ts";
import { runConformance, type SuiteNames, type SuiteRun } from "./support/conformance_suite.ts";
import { ConformanceUpstream } from "./support/conformance_upstream.ts";
import { addServer, ALICE, RemoteWorld } from "./support/remote_world.ts";

// Of signing in, version 0.1.16 of the suite has scenarios for clients only (`auth/…`), and none for
// servers: what a gateway does there is shown by the tests named oauth_*.

/** Scenarios of the suite that a server of tools has to pass, each wholly. */
const REQUIRED = [
  ...["server-initialize", "logging-set-level", "ping", "tools-list", "tools-call-simple-text"],
  ...["tools-call-image", "tools-call-audio", "tools-call-embedded-resource"],
  ...["tools-call-mixed-content", "tools-call-with-logging", "tools-call-error"],
  ...["tools-call-with-progress", "json-schema-2020-12", "server-sse-multiple-streams"],
  ...["dns-rebinding-protection"],
];

/** What a collection of tools alone has none of; with another server in it, all of it has to pass. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  "completion-complete": "no completions: nothing of a collection takes arguments to complete",
  "tools-call-sampling": "no tool in a sandbox asks the client's model",
  "tools-call-elicitation": "no tool in a sandbox asks the person",
  "elicitation-sep1034-defaults": "as above",
  "elicitation-sep1330-enums": "as above",
  "resources-list": "no resources",
  "resources-read-text": "no resources",
  "resources-read-binary": "no resources",
  "resources-templates-read": "no resources",
  "resources-subscribe": "no resources",
  "resources-unsubscribe": "no resources",
  "prompts-list": "no prompts",
  "prompts-get-simple": "no prompts",
  "prompts-get-with-args": "no prompts",
  "prompts-get-embedded-resource": "no prompts",
  "prompts-get-with-image": "no prompts",
};

const TOOL_NAMES: SuiteNames = {
  request: (body) =>
    body.replaceAll(/"name":"(test_|json_schema)/g, `"name":"${FIXTURE_SOURCE}--$1`),
  answer: (text) => text.replaceAll(`"name":"${FIXTURE_SOURCE}--`, '"name":"'),
};

async function eachPasses(t: Deno.TestContext, required: readonly string[], { checks }: SuiteRun) {
  for (const scenario of required) {
    await t.step(scenario, () => {
      const done = checks.get(scenario) ?? [];
      const failed = done.filter(({ status }) => status !== "SUCCESS" && status !== "INFO");
      assert.deepEqual(failed, []);
      assert.ok(done.some(({ status }) => status === "SUCCESS"), JSON.stringify(done));
    });
  }
}

Deno.test("the conformance suite passes on a collection, as far as it is about tools", async (t) => {
  await using world = await AccountsWorld.open({ gateway: { execute: runFixture } });
  await fillFixtures(world);
  const answer = async (request: Request) => await world.gateway.app.fetch(request);
  const run = await runConformance(answer, { path: "/mcp/me/suite", names: TOOL_NAMES });
  await t.step("every scenario has to pass, or is of something that is not offered", () => {
    const known = [...REQUIRED, ...Object.keys(NOT_OFFERED)];
    assert.deepEqual([...run.checks.keys()].toSorted(), known.toSorted(), run.output);
  });
  await eachPasses(t, REQUIRED, run);
});

Deno.test("the conformance suite passes on another server through a collection, wholly", async (t) => {
  await using upstream = new ConformanceUpstream();
  await using world = await RemoteWorld.open();
  const { collectionId } = world;
  const caller: Caller = { ...ALICE, tier: "ENTERPRISE" };
  const { server } = await addServer(world.asking(caller), collectionId, {
    ...{ name: FIXTURE_SOURCE, url: upstream.url },
  });
  const prefix = sharedUri({ serverId: server.id, uri: "" });
  const run = await runConformance(world.answering(caller), {
    path: `/mcp/ten_a/${collectionId}`,
    names: {
      request: (body) =>
        TOOL_NAMES.request(body).replaceAll('"uri":"test:', `"uri":"${prefix}test:`),
      answer: (text) => TOOL_NAMES.answer(text).replaceAll(`"${prefix}`, '"'),
    },
  });
  const all = [...REQUIRED, ...Object.keys(NOT_OFFERED)];
  await t.step("with all that the suite has", () => {
    assert.deepEqual([...run.checks.keys()].toSorted(), all.toSorted(), run.output);
  });
  await eachPasses(t, all, run);
});
