import assert from "node:assert/strict";
import { answerCall } from "./answer_call.ts";
import { fakeFailure, fakeGateway } from "../tests/support/fake_gateway.ts";

Deno.test("answerCall() answers failures by their code, and streams by their last event", async () => {
  assert.equal(answerCall.length, 3);
  const { post } = fakeGateway({
    execute: (_request, context) => Promise.resolve(fakeFailure("resource_limit", context)),
  });
  const call = { packageName: "@scope/tools", name: "greet" };
  const answer = await post("/execute-tool", call);
  assert.equal(answer.status, 422);
  assert.equal((await answer.json()).code, "resource_limit");
  const stream = await post("/execute-tool", call, { accept: "text/event-stream" });
  assert.match(await stream.text(), /event: error\n.*resource_limit/);
});
