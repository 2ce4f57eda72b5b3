import assert from "node:assert/strict";
import type { ArtifactLock } from "../../spec/artifact.ts";
import { type Answer, attempt, refused } from "../../tests/support/esm_attempt.ts";

Deno.test("fetch() bounds the package as a whole", async () => {
  const padding = `/* ${"x".repeat(10_000)} */`;
  const error = await refused("limit", {
    routes: { "/": `import "/a"; import "/b"; ${padding}`, "/a": padding, "/b": padding },
    limits: { totalBytes: 25_000 },
  });
  assert.equal(error.details.limit, "totalBytes");
});

Deno.test("fetch() never lets a remote path choose a file name", async () => {
  const imports = [
    "/../../escape.mjs",
    "/a%2f..%2f..%2fescape.mjs",
    "/%00",
    "/..%5c..%5cx",
    "/CON",
  ];
  const code = imports.map((path) => `import ${JSON.stringify(path)};`).join("\n");
  const leaf: Answer = "export {}";
  await attempt({
    routes: {
      "/": code,
      "/escape.mjs": leaf,
      "/a%2f..%2f..%2fescape.mjs": leaf,
      "/%00": leaf,
      "/..%5c..%5cx": leaf,
      "/CON": leaf,
    },
    inspect({ files, fetched }) {
      assert.equal(files.length, 6);
      for (const name of files) assert.match(name, /^[0-9a-f]{64}\.mjs$/);
      for (const { file } of fetched?.modules?.values() ?? []) {
        assert.ok(file.startsWith(`${fetched?.directory}/modules/`));
      }
    },
  });
});

Deno.test("fetch() holds every module to the lock", async () => {
  const routes = { "/": 'import "/a";', "/a": "export const a = 1;" };
  let lock: ArtifactLock = { packages: {}, modules: {} };
  await attempt({ routes, inspect: ({ fetched }) => lock = fetched?.lock ?? lock });
  assert.deepEqual(Object.keys(lock.modules), ["/a", "/evil@1.0.0?target=denonext"]);
  assert.deepEqual((await attempt({ routes, lock })).lock, lock);

  const changed = { ...routes, "/a": "export const a = 2;" };
  const error = await refused("lock_mismatch", { routes: changed, lock });
  assert.match(error.message, /"\/a": its content differs/);

  const entry = { ...routes, "/": 'import "/a"; import "/b";', "/b": "export {}" };
  assert.equal((await refused("lock_mismatch", { routes: entry, lock })).code, "artifact_failed");
  const { modules } = lock;
  const unknown = {
    ...lock,
    modules: { "/evil@1.0.0?target=denonext": Object.values(modules)[1]! },
  };
  assert.match(
    (await refused("lock_mismatch", { routes, lock: unknown })).message,
    /not in the lock/,
  );
  const more = { ...lock, modules: { ...modules, "/gone": "sha256-" } };
  assert.match((await refused("lock_mismatch", { routes, lock: more })).message, /"\/gone"/);
  const inherited = { ...routes, "/": 'import "/a"; import "/constructor";' };
  await refused("lock_mismatch", { routes: { ...inherited, "/constructor": "export {}" }, lock });
});

Deno.test("fetch() holds package.json to the lock too", async () => {
  const manifest = (name: string) => () => Response.json({ name });
  const path = "/evil@1.0.0/package.json";
  const routes = { "/": "export {}", [path]: manifest("evil") };
  let lock: ArtifactLock = { packages: {}, modules: {} };
  await attempt({ routes, inspect: ({ fetched }) => lock = fetched?.lock ?? lock });
  assert.ok(path in lock.modules);
  await refused("lock_mismatch", { routes: { ...routes, [path]: manifest("other") }, lock });
  await refused("not_found", { routes: { "/": "export {}" }, lock });
});
