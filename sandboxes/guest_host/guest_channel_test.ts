import assert from "node:assert/strict";
import { FrameReader } from "../process/frame_reader.ts";
import { encodeFrame, FRAME_KINDS, type FrameKind, SECRET_BYTES } from "../protocol/frame.ts";

/** A guest that tells of each frame how long it was and what its bytes add up to. */
const ECHO = `
  import { GuestChannel } from ${JSON.stringify(new URL("guest_channel.ts", import.meta.url).href)};
  const channel = await GuestChannel.open();
  for (let frame; (frame = await channel.next()) !== null;) {
    const sum = frame.payload.reduce((total, byte) => total + byte, 0);
    channel.sendChunk(frame.kind, JSON.stringify([frame.payload.length, sum]));
  }
`;

function startEcho(): Deno.ChildProcess {
  return startGuest(ECHO);
}

function startGuest(program: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--no-lock", program],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

Deno.test("GuestChannel reads frames however they arrive, and marks its own", async () => {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const sizes = [0, 1, 65_531, 65_532, 70_000, 3, 2_000_000, 5, 300_000, 0, 17];
  const frames = sizes.map((size) => {
    return encodeFrame(FRAME_KINDS.message, [new Uint8Array(size).fill(2)]);
  });
  const sent = new Uint8Array(
    await new Blob([encodeFrame(FRAME_KINDS.secret, [secret]), ...frames]).arrayBuffer(),
  );
  for (const pieceBytes of [sent.length, 40_000, 65_536]) {
    const child = startEcho();
    const answers: unknown[] = [];
    const reader = new FrameReader(secret, {
      onFrame: ({ kind, payload }) => {
        assert.equal(kind, FRAME_KINDS.chunk);
        answers.push(JSON.parse(new TextDecoder().decode(payload.subarray(4))));
      },
      onStray: (bytes) => assert.fail(new TextDecoder().decode(bytes)),
    }, { maxPayloadBytes: 1024 });
    const writer = child.stdin.getWriter();
    const write = async () => {
      for (let at = 0; at < sent.length; at += pieceBytes) {
        await writer.write(sent.slice(at, at + pieceBytes));
      }
      await writer.close();
    };
    const read = async () => {
      for await (const bytes of child.stdout) reader.push(bytes);
    };
    await Promise.all([write(), read(), child.status]);
    assert.deepEqual(answers, sizes.map((size) => [size, size * 2]));
  }
});

Deno.test("GuestChannel.open() ends a process whose first frame is no secret", async () => {
  const child = startEcho();
  const writer = child.stdin.getWriter();
  await writer.write(encodeFrame(FRAME_KINDS.message, [new Uint8Array(16)]));
  await writer.close();
  const { code } = await child.output();
  assert.equal(code, 2);
});

/**
 * A guest that says `2`, asks for a frame, `isIdle`, counts turns of a timer until it has it, and says
 * whether there were some.
 */
function countingGuest({ isIdle, refed }: { isIdle: boolean; refed: boolean }): string {
  return `
    import { GuestChannel } from ${
    JSON.stringify(new URL("guest_channel.ts", import.meta.url).href)
  };
    async function serve() {
      const channel = await GuestChannel.open();
      await channel.next();
      // The loop is not asked before it has come round.
      await new Promise((resolve) => setTimeout(resolve, 10));
      let turns = 0;
      const timer = setInterval(() => turns++, 5);
      if (!${refed}) Deno.unrefTimer(timer);
      channel.sendChunk(2, "null");
      await channel.next(() => ${isIdle});
      channel.sendChunk(turns > 5 ? 1 : 0, "null");
      await channel.next(() => ${isIdle});
      clearInterval(timer);
    }
    void serve();
  `;
}

/** Whether that guest's timer went on while it waited for its second frame. */
async function timerGoesOn(program: string): Promise<boolean> {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const child = startGuest(program);
  const writer = child.stdin.getWriter();
  const send = (kind: FrameKind, payload: Uint8Array) => writer.write(encodeFrame(kind, [payload]));
  await send(FRAME_KINDS.secret, secret);
  await send(FRAME_KINDS.message, new Uint8Array(1));
  const counted: number[] = [];
  let work = Promise.resolve();
  const reader = new FrameReader(secret, {
    onFrame({ payload }) {
      const said = payload[0]!;
      if (said !== 2) counted.push(said);
      work = said === 2 ? sendLater() : writer.close();
    },
    onStray: (bytes) => assert.fail(new TextDecoder().decode(bytes)),
  }, { maxPayloadBytes: 1024 });
  async function sendLater() {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await send(FRAME_KINDS.message, new Uint8Array(1));
  }
  for await (const bytes of child.stdout) reader.push(bytes);
  await Promise.all([work, child.status]);
  assert.equal(counted.length, 1);
  return counted[0] === 1;
}

Deno.test("GuestChannel.next() stands still only where idle and with no work under way", async () => {
  assert.equal(await timerGoesOn(countingGuest({ isIdle: true, refed: false })), false);
  assert.equal(await timerGoesOn(countingGuest({ isIdle: true, refed: true })), true);
  assert.equal(await timerGoesOn(countingGuest({ isIdle: false, refed: false })), true);
});
