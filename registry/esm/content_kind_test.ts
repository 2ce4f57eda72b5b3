import assert from "node:assert/strict";
import { type Answer, refused } from "../../tests/support/esm_attempt.ts";

Deno.test("fetch() refuses content that is not what it claims", async (t) => {
  const html = "<!DOCTYPE html><title>Just a moment</title>";
  const typed = (body: BodyInit, type: string) => () =>
    new Response(body, { headers: { "content-type": type } });
  const cases: Record<string, Record<string, Answer>> = {
    "a web page": { "/": typed(html, "text/html") },
    "a web page as JavaScript": { "/": html },
    "an indented web page": { "/": `\n\n  <html>` },
    "no content type": { "/": typed(new Uint8Array([0x31]), "") },
    "an inherited name as type": { "/": typed("1", "constructor") },
    "TypeScript": { "/": typed("export {}", "application/typescript") },
    "broken JavaScript": { "/": "export default {{{ '" },
    "broken UTF-8": { "/": typed(new Uint8Array([0x31, 0xff]), "text/javascript") },
    "JSON as the entry": { "/": typed("{}", "application/json") },
    "broken JSON": { "/": 'import "/d";', "/d": typed("{", "application/json") },
    "code for a JSON import": {
      "/": 'import d from "/d" with { type: "json" };',
      "/d": "export default globalThis",
    },
    "code for a CSS import": {
      "/": 'import d from "/d" with { type: "css" };',
      "/d": "export default globalThis",
    },
    "code for a source-phase import": { "/": 'import source d from "/d";', "/d": "export {}" },
    "broken WebAssembly": { "/": 'import "/w";', "/w": typed("text", "application/wasm") },
  };
  for (const [name, routes] of Object.entries(cases)) {
    await t.step(name, async () => {
      const error = await refused("bad_content", { routes });
      assert.equal(error.retryable, false);
    });
  }
});
