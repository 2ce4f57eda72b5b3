import assert from "node:assert/strict";
import { DEFAULT_LIMITS } from "../../spec/limits.ts";
import type { SandboxExit } from "../../spec/sandbox.ts";
import { exitError, failureError, notUsable, thrownError } from "./call_errors.ts";

const CONTEXT = { toolName: "t", refused: null, paths: [], limits: DEFAULT_LIMITS };

Deno.test("failureError() gives each failure its code, stage and words", () => {
  const available = ["a", "b"];
  const cases = [
    [{ kind: "threw", thrown: { name: "E", message: "m" } }, "tool_error", "execute", /^m$/],
    [{ kind: "threw", thrown: { name: "E", message: "" } }, "tool_error", "execute", /^E$/],
    [{ kind: "not-found", available }, "tool_not_found", "execute", /t: the package has a, b/],
    [{ kind: "not-found", available: [] }, "tool_not_found", "execute", /has none/],
    [
      { kind: "invalid-input", issues: [{ path: "$.a", message: "wrong" }] },
      "invalid_input",
      "execute",
      /\$\.a: wrong/,
    ],
    [
      { kind: "not-encodable", path: "$.f", reason: "a function" },
      "tool_error",
      "encode",
      /a function at \$\.f/,
    ],
    [{ kind: "output-too-large", limitBytes: 9 }, "resource_limit", "encode", /more than 9 bytes/],
    [{ kind: "out-of-memory" }, "resource_limit", "execute", /out of memory/],
    [{ kind: "overdue" }, "deadline_exceeded", "execute", /no result after 30000 ms/],
    [{ kind: "engine", reason: "E: m" }, "sandbox_crashed", "execute", /gave up, E: m/],
  ] as const;
  for (const [failure, code, stage, words] of cases) {
    const error = failureError(failure, CONTEXT);
    assert.deepEqual([error.code, error.stage], [code, stage]);
    assert.match(error.message, words);
    assert.doesNotMatch(error.message, /\.$/);
  }
});

Deno.test("failureError() lists the names that would have worked, within bounds", () => {
  const suggestion = (available: readonly string[]) =>
    failureError({ kind: "not-found", available }, CONTEXT).suggestion ?? "";
  assert.equal(suggestion(["default"]), "Use default as name");
  assert.match(suggestion(["chunk", "camelCase"]), /^Use one of these/);
  assert.match(suggestion([]), /describe-tool/);
  const many = Array.from({ length: 100 }, (_, index) => `tool${index}`);
  const { message, details } = failureError({ kind: "not-found", available: many }, CONTEXT);
  assert.match(message, /tool39, and more$/);
  assert.equal((details.available as readonly string[]).length, 100);
});

Deno.test("thrownError() suggests the grant that was missing", () => {
  const refused = { code: "permission_denied", message: "m", suggestion: "Grant net: a.example" };
  const thrown = { name: "TypeError", message: "fetch failed", stack: "at x" };
  const error = thrownError(thrown, { stage: "execute", refused, paths: [] });
  assert.equal(error.suggestion, "Grant net: a.example");
  assert.deepEqual(error.details, { name: "TypeError", stack: "at x" });
  const denied = thrownError({ name: "NotCapable", message: "m" }, { ...CONTEXT, stage: "load" });
  assert.match(denied.suggestion ?? "", /^Only permissions\.netDirect/);
});

Deno.test("thrownError() tells no path of the host", () => {
  const thrown = {
    name: "Error",
    message: "no /run/1/code/x.mjs",
    stack: "at file:///run/1/code/bundle.mjs:1:2",
  };
  const error = thrownError(thrown, {
    ...CONTEXT,
    stage: "load",
    paths: [["/run/1/code", "/tool"]],
  });
  assert.equal(error.message, "no /tool/x.mjs");
  assert.equal(error.details.stack, "at file:///tool/bundle.mjs:1:2");
});

Deno.test("exitError() says for each end whether trying again may help", () => {
  const cases: [SandboxExit["reason"], string, boolean][] = [
    ["memory", "resource_limit", false],
    ["exited", "sandbox_crashed", false],
    ["protocol", "sandbox_crashed", false],
    ["deadline", "sandbox_crashed", true],
    ["requested", "sandbox_crashed", true],
    ["crashed", "sandbox_crashed", true],
  ];
  for (const [reason, code, retryable] of cases) {
    const error = exitError({ reason, detail: "why" }, { limits: DEFAULT_LIMITS, stage: "load" });
    assert.deepEqual([error.code, error.retryable, error.stage], [code, retryable, "load"], reason);
    assert.match(error.message, /why/);
  }
  assert.equal(notUsable("it is blank", "execute").retryable, true);
});
