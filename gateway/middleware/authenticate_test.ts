import assert from "node:assert/strict";
import { Hono } from "hono";
import { userCaller } from "../../tests/support/callers.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import { AirlockError } from "../../spec/errors.ts";
import { authenticate } from "./authenticate.ts";

const OWN = "https://airlock.example";
const EVIL = "https://evil.example";

/** A gateway where somebody is signed in, with one route that changes something. */
function signedIn(origins: readonly string[], kind: "user" | "key" = "user") {
  const app = new Hono<GatewayEnv>();
  const caller = userCaller({ kind });
  app.use(authenticate({ authenticate: () => Promise.resolve(caller), origins }));
  app.all("/change", (context) => context.text("changed"));
  app.onError((error, context) =>
    context.text(error instanceof AirlockError ? error.code : "internal", 403)
  );
  return async (headers: Record<string, string>, method = "POST") =>
    await (await app.request(`${OWN}/change`, { method, headers })).text();
}

Deno.test("authenticate() lets no other page act for who is signed in", async () => {
  const ask = signedIn([]);
  const foreign: Record<string, string>[] = [
    { origin: EVIL },
    { origin: "null" },
    { origin: `${OWN}.evil.example` },
    { origin: OWN.replace("https", "http") },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: EVIL, "sec-fetch-site": "same-origin" },
  ];
  for (const headers of foreign) {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      assert.equal(await ask(headers, method), "permission_denied", JSON.stringify(headers));
    }
  }
  const own: Record<string, string>[] = [{ origin: OWN }, { "sec-fetch-site": "same-origin" }, {}];
  for (const headers of own) {
    assert.equal(await ask(headers), "changed");
  }
});

Deno.test("authenticate() is what stops them: an origin that it trusts gets through", async () => {
  assert.equal(await signedIn([EVIL])({ origin: EVIL }), "changed");
  // A key is sent by whoever holds it: no page lends it.
  assert.equal(await signedIn([], "key")({ origin: EVIL }), "changed");
  // Reading changes nothing, and the answer is not for the other page to see.
  assert.equal(await signedIn([])({ origin: EVIL }, "GET"), "changed");
});
