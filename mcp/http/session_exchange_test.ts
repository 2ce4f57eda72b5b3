import assert from "node:assert/strict";
import { SessionExchange } from "./session_exchange.ts";

const RESULT = { jsonrpc: "2.0", id: 1, result: {} } as const;
const TELLING = { jsonrpc: "2.0", method: "notifications/progress" } as const;
const TIMES = { patienceMs: 60_000, heartbeatMs: 60_000 };

async function begin(ids: readonly number[], isBatch = false, times = TIMES) {
  const exchange = new SessionExchange(ids, { isBatch, times });
  let closed = 0;
  exchange.onclose = () => void closed++;
  await exchange.start();
  return { exchange, closed: () => closed };
}

Deno.test("SessionExchange answers in JSON where the result is all there is to say", async () => {
  const { exchange, closed } = await begin([1]);
  // What belongs to no request has nowhere to go.
  await exchange.send(TELLING);
  await exchange.send(RESULT);
  const response = await exchange.response;
  assert.equal(response.headers.get("content-type"), "application/json");
  assert.deepEqual([await response.json(), closed()], [RESULT, 1]);
  const batch = await begin([1, 2], true);
  await batch.exchange.send(RESULT);
  await batch.exchange.send({ ...RESULT, id: 2 });
  const answers = await (await batch.exchange.response).json();
  assert.deepEqual(answers, [RESULT, { ...RESULT, id: 2 }]);
});

Deno.test("SessionExchange answers by a stream where something comes before, or it takes long", async () => {
  const told = await begin([1]);
  await told.exchange.send(TELLING, { relatedRequestId: 1 });
  await told.exchange.send(RESULT);
  const text = await (await told.exchange.response).text();
  assert.deepEqual(
    [...text.matchAll(/data: (.*)/g)].map(([, data = ""]) => JSON.parse(data)),
    [TELLING, RESULT],
  );
  const slow = await begin([1, 2], true, { ...TIMES, patienceMs: 0 });
  await slow.exchange.send(RESULT);
  const response = await slow.exchange.response;
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  await slow.exchange.send({ ...RESULT, id: 2 });
  assert.equal([...(await response.text()).matchAll(/data: /g)].length, 2);
});

Deno.test("SessionExchange ends with its client", async () => {
  const { exchange, closed } = await begin([1], false, { ...TIMES, patienceMs: 0 });
  const response = await exchange.response;
  await response.body?.cancel();
  assert.equal(closed(), 1);
  await exchange.send(RESULT);
});
