import type { ReadCode } from "../../registry/pins/diff_pin.ts";
import { lockHash } from "../../registry/pins/tool_state.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { SourceKind, SourceWish } from "../../spec/tool.ts";
import type { OpenCode } from "./open_code.ts";

/** Reads the code of a tool in a state that was recorded: that code, or none. */
export function createReadCode(openCode: OpenCode): ReadCode {
  return async ({ source, packageName, version, lock, lockHash: expected }, signal) => {
    const wish = sourceWish(source);
    using opened = await openCode({ source: wish, packageName, version, lock }, signal);
    if (lockHash(opened.lock, opened.manifest.resolved) !== expected) {
      throw new AirlockError("artifact_failed", `Reading code: ${version} is not what it was`, {
        stage: "fetch",
        suggestion: "The registry gives other bytes for the same version by now.",
      });
    }
    return await opened.files();
  };
}

/**
 * The wish for a source that packages can be prepared from.
 * @throws {AirlockError} `artifact_failed` for all others.
 */
export function sourceWish(source: SourceKind): SourceWish {
  if (hasCode(source)) return source;
  throw new AirlockError("artifact_failed", `Reading code: there is none of source ${source}`, {
    stage: "resolve",
  });
}

/** Whether packages of a source can be prepared from nothing but their names. */
export function hasCode(source: SourceKind): source is "npm" | "esm" | "wasm" {
  return source === "npm" || source === "esm" || source === "wasm";
}
