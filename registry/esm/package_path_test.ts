import assert from "node:assert/strict";
import { DEFAULT_ESM_LIMITS } from "./esm_limits.ts";
import { createEsmSource } from "./esm_source.ts";

Deno.test("resolve() refuses names and versions that would change the URL", async () => {
  const source = createEsmSource({
    origin: new URL("http://127.0.0.1:1/"),
    limits: DEFAULT_ESM_LIMITS,
    fetch: () => Promise.reject(new Error("asked")),
  });
  const { signal } = new AbortController();
  const names = [
    "",
    ".",
    "..",
    "../x",
    "a/../b",
    "a//b",
    "*ms",
    "ms?x",
    "ms#x",
    "ms&deps=x",
    "a b",
  ];
  names.push(
    "@a",
    "@/a",
    "@a/",
    "https://x.test/y",
    "npm:ms",
    "ms@1",
    "a\\b",
    "a%2fb",
    "ms/..",
    "é",
  );
  names.push("x".repeat(215), `ms/${"y/".repeat(300)}z`, "ms/.env", "ms/a@b", "a\n");
  for (const name of names) {
    await assert.rejects(source.resolve(name, "1", { signal }), { code: "invalid_input" }, name);
  }
  const versions = [
    "",
    "1&target=x",
    "1/2",
    "1?x",
    "1#x",
    "../1",
    "%2e%2e",
    "1\n",
    "x".repeat(129),
  ];
  for (const version of versions) {
    await assert.rejects(source.resolve("ms", version, { signal }), { code: "invalid_input" });
  }
});
