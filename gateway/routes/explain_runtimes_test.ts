import assert from "node:assert/strict";
import type { ExplainRequest } from "../../spec/description.ts";
import { FAKE_EXPLANATION, fakeGateway } from "../../tests/support/fake_gateway.ts";

const BASE = "http://127.0.0.1:8787";

function explaining() {
  const asked: ExplainRequest[] = [];
  const { app } = fakeGateway({
    explain: (request) => {
      asked.push(request);
      return Promise.resolve(FAKE_EXPLANATION);
    },
  });
  const get = async (ref: string, query = "") =>
    await app.request(`${BASE}/tools/${encodeURIComponent(ref)}/runtimes${query}`);
  return { asked, get };
}

Deno.test("GET /tools/{ref}/runtimes explains the choice in words", async () => {
  const { get } = explaining();
  const response = await get("@scope/tools@1.2.3#greet");
  assert.equal(response.status, 200);
  const body = await response.json();
  assert.deepEqual(body, { success: true, ...FAKE_EXPLANATION });
});

Deno.test("GET /tools/{ref}/runtimes reads every form of a reference", async () => {
  const { asked, get } = explaining();
  for (
    const ref of [
      "@scope/tools@1.2.3#greet",
      "lodash",
      "lodash@^4.17.0",
      "lodash/get#default",
      "ms@latest#a.b",
    ]
  ) assert.equal((await get(ref)).status, 200, ref);
  assert.equal((await get("ms", "?runtime=quickjs&source=npm")).status, 200);
  assert.deepEqual(asked, [
    { packageName: "@scope/tools", version: "1.2.3", name: "greet" },
    { packageName: "lodash" },
    { packageName: "lodash", version: "^4.17.0" },
    { packageName: "lodash/get", name: "default" },
    { packageName: "ms", version: "latest", name: "a.b" },
    { packageName: "ms", runtime: "quickjs", source: "npm" },
  ]);
});

Deno.test("GET /tools/{ref}/runtimes refuses what names no package", async () => {
  const { asked, get } = explaining();
  for (const ref of ["@", "#x", "a b", "../../etc/passwd", "@scope", "a@#", "a@1\n"]) {
    const response = await get(ref);
    assert.equal(response.status, 400, ref);
    assert.equal((await response.json()).code, "invalid_input");
  }
  assert.equal((await get("ms", "?runtime=bash")).status, 400);
  assert.deepEqual(asked, []);
});
