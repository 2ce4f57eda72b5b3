import assert from "node:assert/strict";
import os from "node:os";
import type { ExecutionResult } from "../../spec/execution.ts";
import type { NetGrant } from "../../spec/permissions.ts";
import { TestWorld } from "../support/test_world.ts";
import { FORBIDDEN_URLS } from "./address_spellings.ts";
import { startRecordingServer } from "./recording_server.ts";

/** Tries every URL in turn, and says what came of it. */
const PROBER = `
export async function probe({ urls }) {
  const outcomes = {};
  for (const url of urls) {
    try {
      const response = await fetch(url);
      outcomes[url] = "reached: " + (await response.text()).slice(0, 40);
    } catch (error) {
      outcomes[url] = error.name + ": " + error.message;
    }
  }
  return outcomes;
}`;

/** A grant for exactly the host and port of each URL, as a tool that knows the tricks would ask. */
function grantsFor(urls: readonly string[]): NetGrant {
  const hosts = urls.map((url) => URL.parse(url)?.host ?? "").filter((host) => host !== "");
  return [...new Set([...hosts, "localhost", "*.localhost", "127.0.0.1", "[::1]"])];
}

function outcomesOf(result: ExecutionResult): [string, string][] {
  assert.ok(result.success, JSON.stringify(result));
  const { output } = result;
  assert.ok(typeof output === "object" && output !== null && !Array.isArray(output));
  return Object.entries(output).map(([url, outcome]) => [url, String(outcome)]);
}

/** What the system is asked about: names, and what only looks like an address. */
const NAMES = /localhost|ip6|\.:/;

for (const way of ["public", "named"] as const) {
  Deno.test(`no spelling of a forbidden address is reached with a ${way} grant`, async () => {
    await using world = await TestWorld.open();
    await using target = startRecordingServer();
    await using six = startRecordingServer("::1");
    await world.publish("prober", PROBER);
    const own = Object.values(os.networkInterfaces()).flatMap((list) => list ?? [])
      .filter(({ family, internal }) => family === "IPv4" && !internal)
      .map(({ address }) => `http://${address}:%p%/`);
    const urls = [...FORBIDDEN_URLS, ...own].map((url) =>
      url.replaceAll("%p%", String(url.includes("[") ? six.port : target.port))
    );
    const result = await world.call({
      packageName: "prober",
      name: "probe",
      params: { urls },
      permissions: { net: way === "public" ? "public" : grantsFor(urls) },
    });
    const outcomes = outcomesOf(result);
    assert.equal(outcomes.length, new Set(urls).size);
    for (const [url, outcome] of outcomes) {
      assert.doesNotMatch(outcome, /^reached/, url);
      // A refusal, not a connection that happened to fail.
      assert.match(
        outcome,
        /leads to a|not granted|not found|not valid|Invalid URL|credentials|scheme|only http|not supported|name service|NotCapable/i,
        `${url}: ${outcome}`,
      );
    }
    assert.deepEqual([...target.requests, ...six.requests], []);
    for (const { outcome, host } of result.meta.egress) {
      assert.ok(outcome === "refused" || NAMES.test(host), `${host}: ${outcome}`);
    }
    assert.deepEqual(world.unexpected, []);
  });
}

Deno.test("the same spellings reach the server where the operator opened loopback", async () => {
  await using world = await TestWorld.open({
    env: { AIRLOCK_NET_ALLOW_PRIVATE: "127.0.0.0/8" },
  });
  await using target = startRecordingServer();
  await world.publish("prober", PROBER);
  const urls = ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "127。0。0。1"]
    .map((host) => `http://${host}:${target.port}/`);
  const reached = outcomesOf(
    await world.call({
      packageName: "prober",
      name: "probe",
      params: { urls },
      permissions: { net: ["127.0.0.1"] },
    }),
  );
  assert.deepEqual(reached.map(([, outcome]) => outcome), urls.map(() => "reached: reached"));
  // And without a grant, the allowance of the operator grants nothing.
  const refused = outcomesOf(
    await world.call({ packageName: "prober", name: "probe", params: { urls } }),
  );
  for (const [url, outcome] of refused) assert.match(outcome, /not granted/, url);
  assert.equal(target.requests.length, urls.length);
});
