import assert from "node:assert/strict";
import { attempt, javascript, refused } from "../../tests/support/esm_attempt.ts";

Deno.test("fetch() refuses every import that is not at the origin, and names it", async (t) => {
  const specifiers = [
    "https://elsewhere.test/x.mjs",
    "//elsewhere.test/x.mjs",
    "/\\elsewhere.test/x.mjs",
    "\\\\elsewhere.test/x.mjs",
    "https:elsewhere.test",
    "http://127.0.0.1:1/x.mjs",
    "http://localhost/x.mjs",
    "file:///etc/passwd",
    "npm:left-pad",
    "jsr:@std/fs",
    "blob:null/1",
    "bare",
    "#internal",
    "ftp://elsewhere.test/x",
    "http://[::1",
  ];
  for (const specifier of specifiers) {
    const literal = JSON.stringify(specifier);
    for (
      const code of [
        `import ${literal};`,
        `export * from ${literal};`,
        `export const load = () => import(${literal});`,
      ]
    ) {
      await t.step(code, async () => {
        const error = await refused("forbidden_import", { routes: { "/": code } });
        assert.equal(error.details.specifier, specifier);
        assert.ok(error.message.includes(literal));
      });
    }
  }
});

Deno.test("fetch() refuses an import of the origin that carries credentials", async () => {
  const error = await refused("forbidden_import", {
    routes: {
      "/": (_, url) => javascript(`import "http://user:secret@${url.host}/x.mjs";`),
    },
  });
  assert.equal(error.details.importer, "/evil@1.0.0");
});

Deno.test("fetch() leaves Node built-ins and data: URLs alone", async () => {
  const code = `import "node:fs"; import "fs/promises"; import "data:text/javascript,1";
    const name = "https://computed.test"; export const load = () => import(name);`;
  const fetched = await attempt({ routes: { "/": code } });
  assert.equal(fetched.modules?.size, 1);
});
