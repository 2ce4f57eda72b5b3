import assert from "node:assert/strict";
import { loadConfig } from "../config.ts";
import { AirlockError } from "../spec/errors.ts";
import { openSources } from "./open_sources.ts";

async function sourcesWith(npmrc: string) {
  const home = await Deno.makeTempDir({ prefix: "airlock-home-" });
  await Deno.writeTextFile(`${home}/.npmrc`, npmrc);
  const config = loadConfig({
    AIRLOCK_DATA_DIR: `${home}/data`,
    // Ports that nothing listens on.
    AIRLOCK_NPM_REGISTRY: "http://127.0.0.1:9/",
    AIRLOCK_ESM_ORIGIN: "http://127.0.0.1:9",
  });
  const sources = openSources(config, { HOME: home });
  return { sources, [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }) };
}

Deno.test("openSources() offers npm and esm, and asks neither before it is used", async () => {
  await using world = await sourcesWith("");
  assert.deepEqual(world.sources.all.map(({ kind }) => kind), ["npm", "esm"]);
});

Deno.test("openSources() lets no name fall back before it is known whose it is", async () => {
  await using world = await sourcesWith("@mine:registry=http://127.0.0.1:10/\n");
  const { all, allowsFallback } = world.sources;
  assert.equal(allowsFallback("left-pad"), false);
  const npm = all.find(({ kind }) => kind === "npm");
  const { signal } = new AbortController();
  const failure = await npm?.resolve("left-pad", "1.0.0", { signal }).catch((error) => error);
  assert.ok(failure instanceof AirlockError);
  assert.equal(allowsFallback("left-pad"), true);
  // A scope with a registry of its own is private there: somebody else may own it elsewhere.
  assert.equal(allowsFallback("@mine/tool"), false);
  assert.equal(allowsFallback("@other/tool"), true);
});
