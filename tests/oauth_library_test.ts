import assert from "node:assert/strict";
import { sharedUri } from "../mcp/library/shared_uri.ts";
import type { JsonObject } from "../spec/json.ts";
import { AccountsWorld } from "./support/accounts_world.ts";
import { ConformanceUpstream } from "./support/conformance_upstream.ts";
import { fillWorld, personAt, tokensOf } from "./support/oauth_world.ts";
import { upstreamPool, upstreamTools } from "./support/upstream_world.ts";

const URI = "test://static-text";

Deno.test("a client that was let in reads what its collection shares, and nothing of another", async (t) => {
  await using upstream = new ConformanceUpstream();
  await using pool = upstreamPool(upstreamTools({ allow: ["127.0.0.0/8"] }));
  await using world = await AccountsWorld.open({
    gateway: { upstreams: () => Promise.resolve(pool) },
  });
  await fillWorld(world);
  const { items } = await (await world.ask("/api/collections")).json();
  const uris = new Map<string, string>();
  for (const { id, slug } of items as { id: string; slug: string }[]) {
    const body = { name: `at-${slug}`, url: upstream.url };
    const { server, failure } = await (await world.ask(`/api/collections/${id}/servers`, { body }))
      .json();
    assert.equal(failure, null);
    uris.set(slug, sharedUri({ serverId: server.id, uri: URI }));
  }
  const [own, foreign] = [uris.get("words")!, uris.get("other")!];
  const { access } = await tokensOf(personAt(world));
  const ask = async (method: string, params: JsonObject = {}, path = "/mcp/me/words") => {
    const answer = await world.ask(path, {
      key: access,
      headers: { accept: "application/json, text/event-stream" },
      body: { jsonrpc: "2.0", id: 1, method, params },
    });
    return { status: answer.status, text: await answer.text() };
  };

  await t.step("lists, resources, prompts and completions of its own", async () => {
    const listed = await ask("resources/list");
    assert.ok(listed.text.includes(own), listed.text);
    assert.match((await ask("resources/templates/list")).text, /test:\/\/template/);
    assert.match((await ask("prompts/list")).text, /at-words--test_simple_prompt/);
    assert.match((await ask("resources/read", { uri: own })).text, /"contents"/);
    const got = await ask("prompts/get", { name: "at-words--test_simple_prompt" });
    assert.match(got.text, /"messages"/);
  });
  await t.step("nothing of another stands in a list", async () => {
    const serverId = foreign.slice("airlock:".length).split("/")[0]!;
    for (const list of ["resources/list", "resources/templates/list", "prompts/list"]) {
      const { text } = await ask(list);
      assert.ok(!text.includes(serverId) && !text.includes("at-other"), text);
    }
  });
  await t.step("and none is read by a name that is known", async () => {
    for (
      const [method, params] of [
        ["resources/read", { uri: foreign }],
        ["prompts/get", { name: "at-other--test_simple_prompt" }],
        ["completion/complete", {
          ref: { type: "ref/resource", uri: foreign },
          argument: { name: "id", value: "p" },
        }],
      ] as const
    ) {
      assert.match((await ask(method, params)).text, /"error"/, method);
    }
  });
  await t.step("nor at another endpoint, or at the one for everything", async () => {
    for (const path of ["/mcp/me/other", "/mcp", "/api/mcp/local/other/http"]) {
      const { status, text } = await ask("resources/read", { uri: foreign }, path);
      assert.equal(status, 401, `${path} ${text}`);
    }
  });
});
