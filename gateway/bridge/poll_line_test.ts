import assert from "node:assert/strict";
import { POLL_BODY_CHARACTERS, readPoll, writePoll } from "../../bridge/protocol/poll_body.ts";
import { ProtocolViolation } from "../../bridge/protocol/protocol_violation.ts";
import { PollLine } from "./poll_line.ts";

const NEVER = new AbortController().signal;

Deno.test("PollLine hands frames out once, in order, as much as fits", async () => {
  const line = new PollLine();
  const long = "x".repeat(POLL_BODY_CHARACTERS);
  for (const frame of ["1", "2", long, "3"]) line.send(frame);
  assert.equal(line.bufferedAmount, long.length + 3);
  assert.deepEqual((await line.take(1_000, NEVER)).frames, ["1", "2"]);
  assert.deepEqual((await line.take(1_000, NEVER)).frames, [long]);
  line.close(1001, "the gateway stops");
  assert.equal(line.readyState, 3);
  const closed = { code: 1001, reason: "the gateway stops" };
  assert.deepEqual(await line.take(1_000, NEVER), { frames: ["3"], closed });
  assert.deepEqual(await line.take(1_000, NEVER), { frames: [], closed });
  assert.equal(line.bufferedAmount, 0);
});

Deno.test("PollLine answers the newest question, and gives nothing to one that has gone", async () => {
  const line = new PollLine();
  const older = line.take(60_000, NEVER);
  const gone = new AbortController();
  const newer = line.take(60_000, gone.signal);
  assert.deepEqual(await older, { frames: [] });
  gone.abort();
  assert.deepEqual(await newer, { frames: [] });
  const waiting = line.take(60_000, NEVER);
  line.send("1");
  assert.deepEqual((await waiting).frames, ["1"]);
  assert.deepEqual((await line.take(1, NEVER)).frames, []);
});

Deno.test("readPoll() gives back what writePoll() wrote, and takes nothing that is neither", () => {
  const closed = { code: 4001, reason: "in words" };
  for (const body of [{ frames: [] }, { frames: ["{}", "[]"] }, { frames: ["{}"], closed }]) {
    const { frames, closed: end } = readPoll(writePoll(body));
    assert.deepEqual({ frames, ...(end && { code: end.code, reason: end.reason }) }, {
      ...{ frames: body.frames, ...("closed" in body && closed) },
    });
  }
  for (const end of ['{"type":"closed"', '{"type":"closed","code":-1,"reason":""}']) {
    assert.throws(() => readPoll(`{}\n${end}`), ProtocolViolation);
  }
});
