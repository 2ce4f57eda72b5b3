import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { isNotFound, mayFallBack } from "./failure_kind.ts";

function failure(stage: "resolve" | "fetch" | "build", details: Record<string, unknown> = {}) {
  return new AirlockError("artifact_failed", "x", { stage, details });
}

Deno.test("isNotFound() knows a package that is not there", () => {
  assert(isNotFound(failure("resolve", { reason: "not_found" })));
  assert(isNotFound(failure("resolve", { status: 404 })));
  assert(isNotFound(failure("resolve", { step: "version", nearest: [] })));
  assert(isNotFound(failure("resolve", { step: "packument", package: "x" })));
  assert(!isNotFound(failure("fetch", { step: "packument" })));
  assert(!isNotFound(failure("resolve", { step: "version", minAgeMs: 1 })));
  assert(!isNotFound(failure("resolve", { status: 503 })));
  assert(!isNotFound(failure("fetch", { status: 404 })));
  assert(!isNotFound(new Error("not found")));
});

Deno.test("mayFallBack() is for definite failures of packages that can be trusted", () => {
  assert(mayFallBack(failure("build", { reason: "native_addon" })));
  assert(mayFallBack(failure("fetch", { step: "install" })));
  assert(!mayFallBack(failure("fetch", { step: "install", reason: "lock_mismatch" })));
  assert(!mayFallBack(failure("fetch", { step: "tarball" })));
  assert(!mayFallBack(failure("fetch", { step: "packument" })));
  assert(!mayFallBack(failure("fetch")));
  assert(!mayFallBack(failure("fetch", { step: "lock" })));
  assert(!mayFallBack(failure("fetch", { step: "archive" })));
  assert(!mayFallBack(failure("fetch", { status: 401 })));
  assert(!mayFallBack(new AirlockError("invalid_input", "x")));
  assert(!mayFallBack(new AirlockError("artifact_failed", "x", { retryable: true })));
  assert(!mayFallBack(new DOMException("stop", "AbortError")));
});
