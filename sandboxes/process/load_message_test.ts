import assert from "node:assert/strict";
import type { LoadUnit } from "../../spec/sandbox.ts";
import { loadMessage } from "./load_message.ts";

const UNIT: LoadUnit = {
  codeDirectory: "/somewhere",
  entry: "bundle.mjs",
  env: { NAME: "value" },
  overlapping: false,
  timeoutMs: 1,
};
const AT = {
  url: "file:///tool/bundle.mjs",
  command: {
    program: "",
    args: [],
    env: { TMPDIR: "/tmp/x" },
    guestCodeDirectory: "/tool",
    paths: [],
  },
};

Deno.test("loadMessage() prepares only the built-ins that the code uses", () => {
  const prepared = (nodeBuiltins?: readonly string[]) => {
    const message = loadMessage({ ...UNIT, nodeBuiltins }, AT);
    assert(message.type === "load");
    return [message.nodeHttp, message.nodeFs, message.nodeOs];
  };
  assert.deepEqual(prepared([]), [false, false, null]);
  assert.deepEqual(prepared(["fs", "path"]), [false, true, null]);
  assert.deepEqual(prepared(["https"]), [true, false, null]);
  assert.deepEqual(prepared(["os"]), [false, false, { tmpDirectory: "/tmp/x" }]);
});

Deno.test("loadMessage() prepares everything where nothing is known of the code", () => {
  const message = loadMessage(UNIT, AT);
  assert(message.type === "load");
  assert.deepEqual([message.nodeHttp, message.nodeFs], [true, true]);
  assert.deepEqual(message.nodeOs, { tmpDirectory: "/tmp/x" });
  assert.deepEqual(message.env, { NAME: "value" });
  assert.equal(message.url, AT.url);
});
