import assert from "node:assert/strict";
import type { TextInPieces } from "../../spec/call_grant.ts";
import type { LogEntry } from "../../spec/sandbox.ts";
import { redactLog } from "./redact_log.ts";

const redact = (text: string) => text.replaceAll("hush", "[redacted]");

/** Holds everything back until the end. */
function redactStream(): TextInPieces {
  let held = "";
  return {
    push(piece) {
      held += piece;
      return "";
    },
    end: () => redact(held),
  };
}

function written(
  grant: Parameters<typeof redactLog>[0],
  entries: readonly (readonly [LogEntry["level"], string])[],
): string[] {
  const out: string[] = [];
  const log = redactLog(grant, ({ level, message }) => void out.push(`${level} ${message}`));
  entries.forEach(([level, message], atMs) => log.write({ level, message, atMs }));
  log.end();
  log.end();
  return out;
}

const CUT = [["stdout", "hu"], ["info", "say hush"], ["stderr", "x"], ["stdout", "sh"]] as const;

Deno.test("redactLog() finds values that a pipe cut in two, each stream for itself", () => {
  assert.deepEqual(written({ redact, redactStream }, CUT), [
    "info say [redacted]",
    "stdout [redacted]",
    "stderr x",
  ]);
  // Without looking at the pieces together, the value is there for whoever joins them.
  const apart = written({ redact }, CUT).filter((line) => line.startsWith("stdout"));
  assert.deepEqual(apart, ["stdout hu", "stdout sh"]);
});

Deno.test("redactLog() changes nothing where nothing is kept", () => {
  assert.deepEqual(written({}, CUT), CUT.map(([level, message]) => `${level} ${message}`));
});
