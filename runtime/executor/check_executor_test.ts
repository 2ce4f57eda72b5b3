import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { createEgressBroker } from "../egress/egress_broker.ts";
import { createPrivateAllowance } from "../egress/private_allowance.ts";
import { checkExecutor } from "./check_executor.ts";

/** A program, and what checking it says. */
function openProgram(
  answer: (request: Request) => Response | Promise<Response>,
  allowPrivate: readonly string[] = ["127.0.0.1"],
) {
  const stop = new AbortController();
  const seen: { readonly path: string; readonly authorization: string | null }[] = [];
  const where = { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal };
  const server = Deno.serve(where, (request) => {
    seen.push({
      path: new URL(request.url).pathname,
      authorization: request.headers.get("authorization"),
    });
    return answer(request);
  });
  const broker = createEgressBroker({ allowPrivate });
  return {
    seen,
    async check(url = `http://127.0.0.1:${server.addr.port}/at`, token?: string): Promise<string> {
      try {
        const { version } = await checkExecutor({ kind: "remote", url, token }, {
          openEgress: (grant, deadlineSignal) => broker.open(grant, { deadlineSignal }),
          allowance: createPrivateAllowance(allowPrivate),
          timeoutMs: 1_000,
        });
        return `version ${version}`;
      } catch (error) {
        assert.ok(error instanceof AirlockError && error.code === "invalid_input", String(error));
        assert.ok(error.suggestion !== undefined);
        return error.message.replace("check executor: ", "");
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.finished;
    },
  };
}

const WELL = { status: "ok", version: "1.2.3", isolation: "bubblewrap" };

Deno.test("checkExecutor() takes what answers as an executor, with its token", async () => {
  await using program = openProgram(() => Response.json(WELL));
  assert.equal(await program.check(undefined, "the-token"), "version 1.2.3");
  assert.deepEqual(program.seen, [{ path: "/at/health", authorization: "Bearer the-token" }]);
  await using plain = openProgram(() => Response.json({ status: "healthy" }));
  assert.equal(await plain.check(), "version null");
});

Deno.test("checkExecutor() refuses private places that nobody allowed, before anything is sent", async () => {
  await using program = openProgram(() => Response.json(WELL), []);
  assert.equal(await program.check(), "its address does not begin with https");
  for (
    const host of ["127.0.0.1", "169.254.169.254", "10.0.0.1", "[::1]", "[::ffff:127.0.0.1]"]
  ) {
    assert.equal(await program.check(`https://${host}`), "its address is not public", host);
  }
  assert.deepEqual(program.seen, []);
});

Deno.test("checkExecutor() says what is wrong with what is no executor", async () => {
  const cases: readonly (readonly [() => Response | Promise<Response>, string])[] = [
    [() => new Response("<html>"), "GET /health answers HTTP 200 without a status"],
    [() => Response.json({ healthy: true }), "GET /health answers HTTP 200 without a status"],
    [() => Response.json({ status: "draining" }, { status: 503 }), "GET /health answers HTTP 503"],
    [() => Response.json(WELL, { status: 401 }), "GET /health answers HTTP 401"],
    [() => Response.redirect("http://127.0.0.1:1/"), "it cannot be reached"],
    [() => new Response("x".repeat(100_000)), "the answer to GET /health is too large"],
    [
      () => new Promise((resolve) => setTimeout(() => resolve(Response.json(WELL)), 2_000)),
      "it does not answer in time",
    ],
  ];
  for (const [answer, state] of cases) {
    await using program = openProgram(answer);
    assert.equal(await program.check(), state);
  }
  await using _program = openProgram(() => Response.json(WELL));
  assert.equal(await _program.check("http://127.0.0.1:1"), "it cannot be reached");
});
