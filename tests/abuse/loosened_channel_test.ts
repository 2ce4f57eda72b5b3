import assert from "node:assert/strict";
import { exitWithin } from "../support/hostile_sandbox.ts";
import type { Loosening } from "../support/loosened_build.ts";
import { callLoosened, failsWithCode, withLoosened } from "../support/loosened_call.ts";
import { makeItTalk } from "../support/make_it_talk.ts";
import { ATTACK_LIMITS } from "./attacks/attack.ts";
import { PLANTED_TO_JSON } from "./attacks/forge_attacks.ts";
import { STRAY_ERROR, UNREAD_UPLOAD } from "./attacks/loosened_attacks.ts";
import { SPY_SOURCE } from "./attacks/spy_source.ts";

// As in `loosened_test.ts`: the defences of the frame channel, taken out one by one.

const NO_GUEST_CREDIT: Loosening = {
  file: "sandboxes/protocol/body_window.ts",
  from: "while (this.#creditBytes < piece.length && !this.#stopped)",
  to: "while (false)",
};
const NO_HOST_CREDIT: Loosening = {
  file: "sandboxes/protocol/body_window.ts",
  from: "if (this.#receivedBytes - this.#creditedBytes > STREAM_WINDOW_BYTES) return false;",
  to: "",
};

Deno.test("where a frame is asked for its length, a spy takes the secret and forges", async () => {
  const limits = { ...ATTACK_LIMITS, outputBytes: 1024 * 1024 };
  await withLoosened(
    {
      guest: [{
        file: "sandboxes/guest_host/guest_channel.ts",
        from: "const frameBytes = byteLength(frame);",
        to: "const frameBytes = frame.length;",
      }],
    },
    { source: SPY_SOURCE, limits },
    async (loaded) => {
      const { found, messages } = await makeItTalk(loaded, limits);
      assert.ok(Number(Reflect.get(Object(found), "stolen")) > 0);
      assert.ok(messages.includes("FORGED"), "it stole the secret but could not use it");
    },
  );
});

Deno.test("where messages ask for toJSON, a tool puts its own in their place", async () => {
  const loose = await callLoosened({
    guest: [{
      file: "sandboxes/guest_host/guest_message_text.ts",
      from: "return canBend() ?",
      to: "return false ?",
    }],
  }, PLANTED_TO_JSON);
  failsWithCode(loose, "tool_not_found");
  failsWithCode(await callLoosened({}, PLANTED_TO_JSON), "tool_error");
});

Deno.test("without the mark on a spoiled realm it serves on", async () => {
  await withLoosened(
    {
      host: [{
        file: "sandboxes/process/hosted_sandbox.ts",
        from: `this.#state = "spoiled";`,
        to: "",
      }],
    },
    { source: STRAY_ERROR, limits: ATTACK_LIMITS },
    async (loaded) => {
      assert.equal((await loaded.call({ limits: ATTACK_LIMITS })).report?.output, 1);
      assert.equal((await loaded.call({ limits: ATTACK_LIMITS })).report?.output, 2);
    },
  );
  await withLoosened({}, { source: STRAY_ERROR, limits: ATTACK_LIMITS }, async (loaded) => {
    assert.equal((await loaded.call({ limits: ATTACK_LIMITS })).report?.output, 1);
    assert.equal((await exitWithin(loaded.sandbox, 10_000))?.reason, "exited");
    failsWithCode(await loaded.call({ limits: ATTACK_LIMITS }), "sandbox_crashed");
  });
});

Deno.test("without the window a body nobody reads piles up; the host's alone ends it", async () => {
  const both = await callLoosened(
    { guest: [NO_GUEST_CREDIT], host: [NO_HOST_CREDIT] },
    UNREAD_UPLOAD,
  );
  assert.equal(both.report?.output, "waiting", String(both.error));
  failsWithCode(await callLoosened({ guest: [NO_GUEST_CREDIT] }, UNREAD_UPLOAD), "sandbox_crashed");
  const held = await callLoosened({}, UNREAD_UPLOAD);
  assert.equal(held.report?.output, "waiting", String(held.error));
});
