import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import {
  attempt,
  endless,
  failure,
  javascript,
  redirect,
  refused,
} from "../../tests/support/esm_attempt.ts";

Deno.test("fetch() refuses redirects that leave the origin, without asking there", async (t) => {
  let asked = 0;
  await using other = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    asked++;
    return javascript("export default 1");
  });
  const locations = [
    `http://127.0.0.1:${other.addr.port}/evil@1.0.0`,
    `//127.0.0.1:${other.addr.port}/evil@1.0.0`,
    "https://elsewhere.test/",
    "file:///etc/passwd",
    "data:text/javascript,1",
    "http://[::1",
  ];
  for (const location of locations) {
    await t.step(location, async () => {
      await refused("forbidden_redirect", { routes: { "/": () => redirect(location) } });
      await refused("forbidden_redirect", {
        routes: { "/": 'import "/inner.mjs";', "/inner.mjs": () => redirect(location, 301) },
      });
    });
  }
  await t.step("downgraded or with credentials", async () => {
    await refused("forbidden_redirect", {
      routes: { "/": (_, url) => redirect(`https://${url.host}/evil@1.0.0`) },
    });
    await refused("forbidden_redirect", {
      routes: { "/": (_, url) => redirect(`http://a:b@${url.host}/evil@1.0.0`) },
    });
  });
  assert.equal(asked, 0);
});

Deno.test("fetch() ends redirect loops", async () => {
  const error = await refused("limit", {
    routes: { "/": 'import "/a";', "/a": () => redirect("/b"), "/b": () => redirect("/a") },
  });
  assert.equal(error.details.limit, "redirects");
});

Deno.test("fetch() stops reading a giant module", async () => {
  const stopped = Promise.withResolvers<void>();
  const error = await refused("limit", {
    routes: { "/": () => javascript(endless(16_384, stopped.resolve)) },
    limits: { moduleBytes: 100_000 },
    inspect: ({ files }) => assert.deepEqual(files, []),
  });
  assert.equal(error.details.limit, "bytes");
  await stopped.promise;
});

Deno.test("fetch() counts decompressed bytes", async () => {
  const bomb = new Blob([new Uint8Array(5_000_000).fill(0x20)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const compressed = await new Response(bomb).bytes();
  assert.ok(compressed.byteLength < 20_000);
  const error = await refused("limit", {
    routes: {
      "/": () =>
        new Response(compressed, {
          headers: { "content-type": "text/javascript", "content-encoding": "gzip" },
        }),
    },
    limits: { moduleBytes: 1_000_000 },
  });
  assert.equal(error.details.limit, "bytes");
});

Deno.test("fetch() ends a body that drips and an origin that never answers", async () => {
  const dripping = () => {
    let timer = 0;
    return new ReadableStream<Uint8Array>({
      start(controller) {
        timer = Number(setInterval(() => controller.enqueue(new Uint8Array([0x20])), 20));
      },
      cancel: () => clearInterval(timer),
    });
  };
  const limits = { timeoutMs: 200 };
  const slow = await refused("timeout", {
    routes: { "/": () => javascript(dripping()) },
    limits,
  });
  assert.equal(slow.retryable, true);
  const answer = Promise.withResolvers<Response>();
  await refused("timeout", {
    routes: { "/": 'import "/never";', "/never": () => answer.promise },
    limits,
    inspect: () => answer.resolve(new Response()),
  });
});

Deno.test("fetch() ends with the caller's signal, and with its reason where that is ours", async () => {
  const reasons = [new AirlockError("artifact_failed", "Stop: asked to", { stage: "fetch" }), "no"];
  for (const reason of reasons) {
    const controller = new AbortController();
    const answer = Promise.withResolvers<Response>();
    const error = await failure({
      signal: controller.signal,
      routes: {
        "/": () => {
          controller.abort(reason);
          return answer.promise;
        },
      },
      inspect: () => answer.resolve(new Response()),
    });
    if (reason instanceof AirlockError) assert.equal(error, reason);
    else assert.equal(error.details.reason, "aborted");
  }
});

Deno.test("fetch() tries a failing origin again, a few times and no more", async () => {
  let calls = 0;
  const flaky = (status: number, failures: number) => () =>
    ++calls <= failures ? new Response("busy", { status }) : javascript("export {}");
  for (const status of [408, 429, 500, 503]) {
    calls = 0;
    await attempt({ routes: { "/": flaky(status, 2) } });
    assert.equal(calls, 3);
    calls = 0;
    const error = await refused("origin_failed", { routes: { "/": flaky(status, 3) } });
    assert.equal(calls, 3);
    assert.equal(error.retryable, true);
    assert.equal(error.details.status, status);
  }
  calls = 0;
  const missing = await refused("not_found", { routes: { "/": flaky(404, 9) } });
  assert.equal(calls, 1);
  assert.equal(missing.retryable, false);
  calls = 0;
  await refused("refused", { routes: { "/": flaky(403, 9) } });
  assert.equal(calls, 1);
});
