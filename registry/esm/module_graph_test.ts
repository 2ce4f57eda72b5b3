import assert from "node:assert/strict";
import { attempt, javascript, redirect, refused } from "../../tests/support/esm_attempt.ts";

Deno.test("fetch() ends an endless chain of modules", async () => {
  let next = 0;
  const chain = () => javascript(`import "/chain?${++next}";`);
  const error = await refused("limit", {
    routes: { "/": chain, "/chain": chain },
    limits: { depth: 20 },
  });
  assert.equal(error.details.limit, "depth");
  assert.equal(next, 20);
});

Deno.test("fetch() ends a module count bomb, whether wide or doubling", async () => {
  const wide = Array.from({ length: 500 }, (_, index) => `import "/leaf?${index}";`).join("");
  for (const limits of [{ modules: 50 }, { modules: 1_000, requests: 100 }]) {
    const error = await refused("limit", {
      routes: { "/": wide, "/leaf": "export {}" },
      limits,
      inspect: ({ requests }) => assert.ok(requests.length <= 70, `${requests.length} requests`),
    });
    assert.ok(error.details.limit === "modules" || error.details.limit === "requests");
  }
  let next = 0;
  const doubling = () => javascript(`import "/two?${++next}"; import "/two?${++next}";`);
  const error = await refused("limit", {
    routes: { "/": doubling, "/two": doubling },
    limits: { modules: 40 },
  });
  assert.equal(error.details.limit, "modules");
});

Deno.test("fetch() counts redirects to one module as requests", async () => {
  const many = Array.from({ length: 60 }, (_, index) => `import "/many?${index}";`).join("");
  const error = await refused("limit", {
    routes: { "/": many, "/many": () => redirect("/one"), "/one": "export {}" },
    limits: { requests: 50 },
  });
  assert.equal(error.details.limit, "requests");
});

Deno.test("fetch() asks for nothing twice, fragments and redirects included", async () => {
  const code = `import "/a"; import "/a#1"; import "/a#2"; import "/r"; import "/r"; import "/s";`;
  await attempt({
    routes: {
      "/": code,
      "/a": 'import "/evil@1.0.0?target=denonext"; import "/r";',
      "/r": () => redirect("/a"),
      "/s": () => redirect("/r"),
    },
    inspect({ fetched }) {
      const origin = new URL(fetched?.entry ?? "").origin;
      assert.deepEqual([...fetched?.modules?.keys() ?? []].sort(), [
        `${origin}/a`,
        `${origin}/evil@1.0.0?target=denonext`,
      ]);
      for (const path of ["/a#1", "/a#2", "/r", "/s"]) {
        assert.equal(fetched?.redirects?.get(origin + path), `${origin}/a`);
      }
    },
  });
});
