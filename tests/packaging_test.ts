import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

Deno.test("every path that the image copies exists, and is not kept out", async () => {
  const dockerfile = await read("Dockerfile");
  const ignored = (await read(".dockerignore")).split("\n").filter((line) => line !== "");
  const copies = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
    .flatMap(([, sources]) => sources!.split(" "));
  assert(copies.length > 10);
  for (const path of copies) {
    await Deno.lstat(new URL(path, ROOT));
    assert(!ignored.includes(path.replace(/^\.\//, "")), path);
  }
});

Deno.test("the image holds every module that the program imports", async () => {
  const dockerfile = await read("Dockerfile");
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--frozen", "--json", "main.ts"],
    cwd: ROOT,
  }).output();
  const graph: { modules: { specifier: string }[] } = JSON.parse(new TextDecoder().decode(stdout));
  const paths = graph.modules.map(({ specifier }) => specifier)
    .filter((specifier) => specifier.startsWith(ROOT.href) && !specifier.includes("/node_modules/"))
    .map((specifier) => specifier.slice(ROOT.href.length));
  assert(paths.includes("runtime/call_tool.ts"));
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
    .flatMap(([, list]) => list!.split(" "));
  const left = paths.filter((path) =>
    !copied.some((source) => path === source || path.startsWith(`${source}/`))
  );
  assert.deepEqual(left, []);
});

Deno.test("everything names the same Deno", async () => {
  const texts = await Promise.all(
    ["Dockerfile", "README.md", ".ci/run", "CONTRIBUTING.md", "engine/require_deno.ts"].map(read),
  );
  const [dockerfile, readme, ci, contributing, probe] = texts;
  const version = /^FROM denoland\/deno:bin-(\S+) AS deno$/m.exec(dockerfile!)?.[1];
  assert(version !== undefined);
  for (const text of [readme!, ci!, contributing!]) {
    const named = new Set([...text.matchAll(/deno@(\d+\.\d+\.\d+)/g)].map(([, name]) => name));
    assert.deepEqual([...named], [version]);
  }
  const least = /LEAST_DENO = "([^"]+)"/.exec(probe!)?.[1];
  assert.equal(least, version);
});

Deno.test("the image runs as nobody in particular and says how it is", async () => {
  const dockerfile = await read("Dockerfile");
  const last = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
  assert.match(last, /^USER airlock$/m);
  assert.match(last, /^HEALTHCHECK /m);
  assert.match(last, /\/health/);
  assert(!/API_KEY=/.test(dockerfile), "an image must not hold a key");
});

Deno.test("continuous integration runs the tests as the README says", async () => {
  const command = "npx -y deno@2.9.6 task test";
  assert((await read("README.md")).includes(command));
  assert((await read(".ci/run")).includes(command));
  const { mode } = await Deno.stat(new URL(".ci/run", ROOT));
  assert.equal(mode! & 0o111, 0o111, "not executable");
});
