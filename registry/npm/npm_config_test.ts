import assert from "node:assert/strict";
import { loadNpmConfig } from "./npm_config.ts";

async function load(
  { user = "", project = "", env = {}, registry }: {
    user?: string;
    project?: string;
    env?: Readonly<Record<string, string>>;
    registry?: string;
  },
) {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/home`);
    await Deno.mkdir(`${root}/cwd`);
    await Deno.writeTextFile(`${root}/home/.npmrc`, user);
    await Deno.writeTextFile(`${root}/cwd/.npmrc`, project);
    await Deno.writeTextFile(`${root}/cwd/package.json`, "{}");
    return await loadNpmConfig({ env, registry, home: `${root}/home`, cwd: `${root}/cwd` });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("loadNpmConfig() routes scopes and keeps each token with its registry", async () => {
  const config = await load({
    user: [
      "registry=http://one.example/npm",
      "@acme:registry=https://two.example/a/b/",
      "@open:registry=https://three.example/",
      "//two.example/a/:_authToken=${TOKEN}",
      "//one.example/npm/:_auth=dXNlcjpwYXNz",
    ].join("\n"),
    env: { TOKEN: "s3cret" },
  });
  assert.deepEqual(config.registryFor("ms"), {
    url: new URL("http://one.example/npm/"),
    authorization: "Basic dXNlcjpwYXNz",
  });
  assert.deepEqual(config.registryFor("@acme/x"), {
    url: new URL("https://two.example/a/b/"),
    authorization: "Bearer s3cret",
  });
  assert.deepEqual(config.registryFor("@open/x"), { url: new URL("https://three.example/") });
  assert.equal(config.registryFor("@other/x").url.host, "one.example");
});

Deno.test("loadNpmConfig() reads name and password", async () => {
  const config = await load({
    user: [
      "registry=http://one.example/",
      "//one.example/:username=user",
      `//one.example/:_password=${btoa("pass")}`,
    ].join("\n"),
  });
  assert.equal(config.registryFor("ms").authorization, `Basic ${btoa("user:pass")}`);
});

Deno.test("loadNpmConfig() orders its sources as npm does, an explicit registry first", async () => {
  const user = "registry=http://user.example/";
  const project = "registry=http://project.example/";
  const env = { npm_config_registry: "http://env.example/" };
  const host = async (from: Parameters<typeof load>[0]) =>
    (await load(from)).registryFor("ms").url.host;
  assert.equal(await host({ user }), "user.example");
  assert.equal(await host({ user, project }), "project.example");
  assert.equal(await host({ user, project, env }), "env.example");
  const registry = "http://explicit.example";
  assert.equal(await host({ user, project, env, registry }), "explicit.example");
});

Deno.test("loadNpmConfig() has npm's own default", async () => {
  const target = (await load({})).registryFor("ms");
  assert.equal(target.url.protocol, "https:");
  assert.equal(target.authorization, undefined);
});

Deno.test("loadNpmConfig() takes credentials out of a URL", async () => {
  const config = await load({ registry: "http://us%40er:pa%3Ass@one.example/x" });
  assert.deepEqual(config.registryFor("ms"), {
    url: new URL("http://one.example/x/"),
    authorization: `Basic ${btoa("us@er:pa:ss")}`,
  });
});

Deno.test("loadNpmConfig() refuses registries that are not http", async () => {
  await assert.rejects(load({ registry: "file:///etc/" }), TypeError);
  const config = await load({ user: "@bad:registry=ftp://x/" });
  assert.throws(() => config.registryFor("@bad/x"), TypeError);
  assert.throws(() => config.registryFor("../x"), TypeError);
});
