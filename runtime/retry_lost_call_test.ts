import assert from "node:assert/strict";
import { AirlockError } from "../spec/errors.ts";
import { retryLostCall } from "./retry_lost_call.ts";

const lost = new AirlockError("sandbox_crashed", "Running the tool: its sandbox was ended", {
  details: { by: "neighbour" },
});

Deno.test("retryLostCall() tries a call that was lost to a neighbour once more", async () => {
  let attempts = 0;
  const attempt = () => ++attempts === 1 ? Promise.reject(lost) : Promise.resolve("done");
  assert.equal(await retryLostCall(attempt, () => false), "done");
  assert.equal(attempts, 2);
});

Deno.test("retryLostCall() gives up after the second loss", async () => {
  let attempts = 0;
  const attempt = () => {
    attempts++;
    return Promise.reject(lost);
  };
  await assert.rejects(retryLostCall(attempt, () => false), lost);
  assert.equal(attempts, 2);
});

Deno.test("retryLostCall() repeats nothing that had an effect, and no other failure", async () => {
  const other = new AirlockError("sandbox_crashed", "Running the tool: it ended itself");
  for (const [error, hadEffect] of [[lost, true], [other, false]] as const) {
    let attempts = 0;
    const attempt = () => {
      attempts++;
      return Promise.reject(error);
    };
    await assert.rejects(retryLostCall(attempt, () => hadEffect), error);
    assert.equal(attempts, 1);
  }
});
