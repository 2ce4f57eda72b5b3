import assert from "node:assert/strict";
import { deserializeMessage } from "@modelcontextprotocol/client";
import { readMessage } from "./read_message.ts";

/** What comes of reading: a message, or that it is none. */
function outcome(read: (line: string) => unknown, line: string): unknown {
  try {
    return read(line);
  } catch {
    return "no message";
  }
}

Deno.test("readMessage() reads lines as the SDK does", () => {
  const ids = ["1", "-1", '"a"', '""', "1.5", "null", "true", "1e400", "9007199254740993", "[]"];
  const results = ["{}", '{"content":[]}', '{"_meta":{"a":1}}', '{"_meta":1}', "[]", "null", '"a"'];
  const extras = ["", ',"more":1', ',"error":{"code":1,"message":"m"}', ',"__proto__":{}'];
  const lines = [
    ...ids.flatMap((id) =>
      results.flatMap((result) =>
        extras.map((more) => `{"jsonrpc":"2.0","id":${id},"result":${result}${more}}`)
      )
    ),
    ...['{"jsonrpc":"1.0","id":1,"result":{}}', '{"jsonrpc":"2.0","result":{},"x":1}', "{", "3"],
    ...['{"jsonrpc":"2.0","id":1,"result":{"__proto__":{"a":1},"b":2}}', "null", "[1,2,3]"],
    '{"jsonrpc":"2.0","method":"notifications/message","params":{}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"no"}}',
  ];
  const read = lines.map((line) => outcome(readMessage, line));
  assert.deepEqual(read, lines.map((line) => outcome(deserializeMessage, line)));
  assert.ok(read.includes("no message"));
});
