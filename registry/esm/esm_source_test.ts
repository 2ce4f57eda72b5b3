import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { FetchedPackage } from "../../spec/artifact.ts";
import {
  type Answer,
  attempt,
  endless,
  redirect,
  refused,
} from "../../tests/support/esm_attempt.ts";
import { type EsmOriginOptions, startEsmOrigin } from "../../tests/support/esm_origin.ts";
import { runEsmPackage } from "../../tests/support/run_esm_package.ts";
import { DEFAULT_ESM_LIMITS } from "./esm_limits.ts";
import { createEsmSource } from "./esm_source.ts";
import { readModuleReferences } from "./module_imports.ts";
import { resolveSpecifier } from "./resolve_specifier.ts";

const PACKAGES = {
  "ms": "2.1.3",
  "slugify": "1.6.6",
  "js-yaml": "4.1.0",
  "lodash": "4.17.21",
  "cheerio": "1.1.2",
  "@tpmjs/tools-html-to-markdown": "0.1.0",
};

async function fetchFrom(options: {
  readonly served: EsmOriginOptions;
  readonly packageName: string;
  readonly version?: string;
}, use: (fetched: FetchedPackage, requests: readonly string[]) => Promise<void>) {
  await using served = await startEsmOrigin(options.served);
  const directory = await Deno.makeTempDir();
  try {
    const source = createEsmSource({ origin: served.origin, limits: DEFAULT_ESM_LIMITS });
    const { signal } = new AbortController();
    const resolved = await source.resolve(options.packageName, options.version, { signal });
    await use(await source.fetch(resolved, { signal, directory }), served.requests);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Every reference of every stored module leads into the map, and nothing else is in the map. */
async function assertClosed(fetched: FetchedPackage): Promise<void> {
  const { modules = new Map(), redirects = new Map() } = fetched;
  const origin = new URL(fetched.entry);
  const reached = new Set([fetched.entry]);
  for (const href of reached) {
    const stored = modules.get(href);
    assert.ok(stored, `missing: ${href}`);
    assert.match(stored.file.slice(fetched.directory.length), /^\/modules\/[0-9a-f]{64}\.\w+$/);
    if (stored.contentType !== "application/javascript") continue;
    const { imports, assets } = await readModuleReferences(await Deno.readTextFile(stored.file));
    const importer = new URL(href);
    for (const { specifier } of imports) {
      const url = resolveSpecifier(specifier, { importer, origin });
      if (url !== null) reached.add(redirects.get(url.href) ?? url.href);
    }
    for (const asset of assets) {
      const url = new URL(asset, importer).href;
      reached.add(redirects.get(url) ?? url);
    }
  }
  assert.deepEqual([...modules.keys()].sort(), [...reached].sort());
}

Deno.test("fetch() gets real packages complete, bundled and run by what it returned", async (t) => {
  const cases = [
    { packageName: "ms", code: "(t) => t.default('2 days')", answer: 172_800_000 },
    { packageName: "slugify", code: "(t) => t.default('Some Title', '-')", answer: "Some-Title" },
    { packageName: "js-yaml", code: "(t) => t.load('a: [1, 2]')", answer: { a: [1, 2] } },
    { packageName: "lodash/chunk", code: "(t) => t.default([1, 2, 3], 2)", answer: [[1, 2], [3]] },
    { packageName: "cheerio", code: "(t) => t.load('<b>hi</b>')('b').text()", answer: "hi" },
    {
      packageName: "@tpmjs/tools-html-to-markdown",
      code: "(t) => t.htmlToMarkdownTool.execute({ html: '<h1>Hi</h1><p><b>you</b></p>' })",
      answer: { markdown: "# Hi\n\n**you**", wordCount: 2 },
    },
  ];
  for (const { packageName, code, answer } of cases) {
    await t.step(packageName, async () => {
      const served = { packages: PACKAGES };
      await fetchFrom({ served, packageName }, async (fetched) => {
        await assertClosed(fetched);
        assert.equal(fetched.packageJson.version, fetched.resolved.version);
        assert.deepEqual(fetched.lock.packages, {});
        assert.deepEqual(await runEsmPackage(fetched, code), answer);
        for (const path of Object.keys(fetched.lock.modules)) assert.match(path, /^\/[^/]/);
      });
    });
  }
});

Deno.test("resolve() turns ranges, tags and nothing into the exact version", async () => {
  await using served = await startEsmOrigin({ packages: PACKAGES });
  const source = createEsmSource({ origin: served.origin, limits: DEFAULT_ESM_LIMITS });
  const { signal } = new AbortController();
  for (const version of [undefined, "latest", "^2.0.0", "2", ">=2.0.0 <3", "2.x"]) {
    const resolved = await source.resolve("ms", version, { signal });
    assert.deepEqual(resolved, { source: "esm", packageName: "ms", version: "2.1.3" });
  }
  const before = served.requests.length;
  assert.equal((await source.resolve("ms", "2.1.3", { signal })).version, "2.1.3");
  assert.equal(served.requests.length, before, "an exact version needs no request");
});

Deno.test("resolve() reads the version from X-ESM-Path and from the entry module", async () => {
  const answers: Record<string, Response> = {
    "/header@latest": new Response("export default 1", {
      headers: { "x-esm-path": "/header@3.2.1/denonext/header.mjs" },
    }),
    "/body@latest": new Response(
      'import "/other@9.9.9/denonext/other.mjs";\nexport * from "/body@1.0.0-rc.1/denonext/body.mjs";',
    ),
    "/neither@latest": new Response('export * from "/other@1.0.0/denonext/other.mjs";'),
  };
  await using served = await startEsmOrigin({ intercept: (_, url) => answers[url.pathname] });
  const source = createEsmSource({ origin: served.origin, limits: DEFAULT_ESM_LIMITS });
  const { signal } = new AbortController();
  assert.equal((await source.resolve("header", undefined, { signal })).version, "3.2.1");
  assert.equal((await source.resolve("body", undefined, { signal })).version, "1.0.0-rc.1");
  await assert.rejects(source.resolve("neither", undefined, { signal }), {
    code: "artifact_failed",
    stage: "resolve",
    details: { step: "resolve", reason: "bad_version" },
  });
});

Deno.test("fetch() follows CSS, JSON, WebAssembly and asset URLs", async () => {
  const wasm = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const local = {
    "mixed-assets": {
      "package.json": JSON.stringify({ name: "mixed-assets", version: "1.0.0", main: "main.js" }),
      "data.json": '{"answer":42}',
      "style.css": "b { color: red }",
      "empty.wasm": wasm,
      "asset.txt": "hello",
    },
  };
  const main = `import data from "/mixed-assets@1.0.0/data.json" with { type: "json" };
    import css from "/mixed-assets@1.0.0/style.css";
    import wasm from "/mixed-assets@^1.0.0/empty.wasm";
    export const asset = () => new URL("./mixed-assets@1.0.0/asset.txt", import.meta.url);
    export const elsewhere = () => new URL("https://elsewhere.test/x", import.meta.url);
    export const gone = () => new URL('./gone.txt', import.meta.url);
    export default () => [data.answer, css, wasm.length];`;
  const served: EsmOriginOptions = {
    local,
    intercept: (_, { pathname, search }) =>
      pathname === "/mixed-assets@1.0.0" && search === "?target=denonext"
        ? new Response(main, { headers: { "content-type": "text/javascript" } })
        : undefined,
  };
  await fetchFrom({ served, packageName: "mixed-assets" }, async (fetched, requests) => {
    const types = [...fetched.modules ?? []].map(([href, { contentType }]) => [
      new URL(href).pathname,
      contentType,
    ]);
    assert.deepEqual(Object.fromEntries(types), {
      "/mixed-assets@1.0.0": "text/javascript",
      "/mixed-assets@1.0.0/data.json": "application/json",
      "/mixed-assets@1.0.0/style.css": "text/css",
      "/mixed-assets@1.0.0/empty.wasm": "application/wasm",
      "/mixed-assets@1.0.0/asset.txt": "text/plain",
    });
    assert.ok(requests.includes("/gone.txt"), "a missing asset is no failure");
    assert.deepEqual(await runEsmPackage(fetched, "(t) => t.default()"), [
      42,
      "b { color: red }",
      8,
    ]);
  });
});

Deno.test("fetch() locks every module by path, with digests of what is on disk", async () => {
  const served = { packages: { ms: "2.1.3" } };
  await fetchFrom({ served, packageName: "ms" }, async ({ lock, modules = new Map(), entry }) => {
    for (const [href, { file }] of modules) {
      const { pathname, search } = new URL(href);
      const digest = createHash("sha256").update(await Deno.readFile(file)).digest("base64");
      assert.equal(lock.modules[pathname + search], `sha256-${digest}`);
    }
    assert.ok("/ms@2.1.3/package.json" in lock.modules);
    assert.equal(Object.keys(lock.modules).length, modules.size + 1);
    assert.equal(new URL(entry).pathname, "/ms@2.1.3");
  });
});

Deno.test("fetch() does without a package.json that is missing, broken or giant", async () => {
  const path = "/evil@1.0.0/package.json";
  const answers: Answer[] = [
    () => new Response("no", { status: 404 }),
    () => new Response("[1]"),
    () => new Response("{"),
    () => new Response(endless(65_536, () => {})),
    () => redirect("https://elsewhere.test/package.json"),
  ];
  for (const answer of answers) {
    const fetched = await attempt({ routes: { "/": "export {}", [path]: answer } });
    assert.deepEqual(fetched.packageJson, {});
  }
});

Deno.test("fetch() refuses an answer for another package or version", async () => {
  for (const path of ["/evil@2.0.0", "/other@1.0.0", "/somewhere"]) {
    await refused("bad_version", { routes: { "/": () => redirect(path), [path]: "export {}" } });
  }
});

Deno.test("createEsmSource() refuses an origin that is more than an origin", () => {
  const origins = ["https://a:b@x.test/", "https://x.test/path", "https://x.test/?q", "file:///x"];
  for (const origin of origins) {
    assert.throws(
      () => createEsmSource({ origin: new URL(origin), limits: DEFAULT_ESM_LIMITS }),
      { code: "invalid_input" },
    );
  }
});
