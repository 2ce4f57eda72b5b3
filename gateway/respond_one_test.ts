import assert from "node:assert/strict";
import { Hono } from "hono";
import { AirlockError } from "../spec/errors.ts";
import type { GatewayEnv } from "./gateway_env.ts";
import { requireMatch, respondOne } from "./respond_one.ts";

const app = new Hono<GatewayEnv>();
const thing = { a: 1 };
app.get("/", (context) => respondOne(context, thing));
app.put("/", (context) => {
  requireMatch(context, thing);
  return context.text("changed");
});
app.onError((error, context) => {
  return context.text("no", error instanceof AirlockError ? 412 : 500);
});

async function etag(): Promise<string> {
  return (await app.request("/")).headers.get("etag") ?? "";
}

Deno.test("respondOne() spares sending what the caller has", async () => {
  const tag = await etag();
  assert.match(tag, /^"[\w-]{27}"$/);
  for (const known of [tag, `W/${tag}`, `"x", ${tag}`, "*"]) {
    const answer = await app.request("/", { headers: { "if-none-match": known } });
    assert.deepEqual([answer.status, await answer.text()], [304, ""]);
  }
  const other = await app.request("/", { headers: { "if-none-match": '"x"' } });
  assert.deepEqual(await other.json(), thing);
});

Deno.test("requireMatch() lets changes through that know what is there", async () => {
  const put = async (match?: string) =>
    (await app.request("/", {
      method: "PUT",
      headers: match === undefined ? {} : { "if-match": match },
    })).status;
  const tag = await etag();
  for (const match of [undefined, tag, `"x", ${tag}`, "*"]) assert.equal(await put(match), 200);
  for (const match of ['"x"', `W/${tag}`, "", tag.slice(1)]) assert.equal(await put(match), 412);
});
