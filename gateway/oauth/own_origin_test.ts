import assert from "node:assert/strict";
import { Hono } from "hono";
import { AirlockError } from "../../spec/errors.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import { ownOrigin, requireOwnForm } from "./own_origin.ts";

const HERE = "http://127.0.0.1:8787";

function appAt(publicUrl?: string) {
  const settings = {
    ...{ apiKey: undefined, corsOrigins: ["https://friend.example"], maxBodyBytes: 1, publicUrl },
    ...{ bodyTimeoutMs: 1, heartbeatMs: 1, tracing: false, version: "0" },
  };
  const app = new Hono<GatewayEnv>();
  app.onError((error, context) => {
    assert.ok(error instanceof AirlockError);
    return context.text(error.code, 403);
  });
  app.post("/", (context) => {
    requireOwnForm(context, settings);
    return context.text(ownOrigin(context, settings));
  });
  return async (headers: Record<string, string>) => {
    const answer = await app.request(HERE, { method: "POST", headers });
    return `${answer.status} ${await answer.text()}`;
  };
}

Deno.test("requireOwnForm() takes forms of our own pages, and of what is no browser", async () => {
  const post = appAt();
  const own: readonly Record<string, string>[] = [
    {},
    { origin: HERE },
    { origin: HERE, "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
  ];
  for (const headers of own) assert.equal(await post(headers), `200 ${HERE}`);
});

Deno.test("requireOwnForm() refuses those of others, also of who may call from a browser", async () => {
  const foreign: readonly Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "https://friend.example" },
    { origin: "null" },
    { origin: "https://127.0.0.1:8787" },
    { origin: HERE, "sec-fetch-site": "cross-site" },
    { origin: HERE, "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site" },
  ];
  for (const headers of foreign) {
    for (const post of [appAt(), appAt("https://airlock.example")]) {
      assert.equal(await post(headers), "403 permission_denied", JSON.stringify(headers));
    }
  }
});

Deno.test("ownOrigin() is the name that people reach the gateway by", async () => {
  assert.equal(await appAt("https://airlock.example/")({}), "200 https://airlock.example");
});
