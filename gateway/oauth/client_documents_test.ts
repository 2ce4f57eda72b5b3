import assert from "node:assert/strict";
import { ClientDocuments } from "./client_documents.ts";

const ID = "https://app.example/client.json";

function world(read: (url: string) => Promise<unknown>) {
  const clock = { nowMs: 0, reads: 0 };
  const documents = new ClientDocuments({
    nowMs: () => clock.nowMs,
    read: (url) => {
      clock.reads++;
      return read(url);
    },
  });
  return { clock, documents };
}

const good = (url: string) =>
  Promise.resolve({ client_id: url, redirect_uris: ["https://app.example/cb"] });

Deno.test("ClientDocuments() reads once for all who ask, and again after a while", async () => {
  const { clock, documents } = world(good);
  await Promise.all([documents.find(ID), documents.find(ID)]);
  clock.nowMs = 9 * 60_000;
  await documents.find(ID);
  assert.equal(clock.reads, 1);
  clock.nowMs = 11 * 60_000;
  await documents.find(ID);
  assert.equal(clock.reads, 2);
});

Deno.test("ClientDocuments() remembers for a moment what cannot be read, and says nothing of why", async () => {
  const { clock, documents } = world(() => Promise.reject(new Error("10.0.0.1 refused")));
  for (let round = 0; round < 3; round++) {
    await assert.rejects(documents.find(ID), (error: Error) => {
      assert.ok(!error.message.includes("10.0.0.1"));
      return "code" in error && error.code === "unauthenticated";
    });
  }
  assert.equal(clock.reads, 1);
  clock.nowMs = 31_000;
  await assert.rejects(documents.find(ID));
  assert.equal(clock.reads, 2);
});

Deno.test("an attack: addresses without end are read a few at a time, and not all remembered", async () => {
  const gate = Promise.withResolvers<void>();
  const { clock, documents } = world(async (url) => {
    await gate.promise;
    return await good(url);
  });
  const all = Array.from({ length: 50 }, (_, n) => documents.find(`https://app.example/${n}`));
  const settled = Promise.allSettled(all);
  gate.resolve();
  const refused = (await settled).filter(({ status }) => status === "rejected");
  assert.equal(clock.reads, 8);
  assert.equal(refused.length, 42);
  for (let n = 0; n < 600; n++) await documents.find(`https://app.example/x${n}`);
  const before = clock.reads;
  await documents.find("https://app.example/x0");
  assert.equal(clock.reads, before + 1);
  await documents.find("https://app.example/x599");
  assert.equal(clock.reads, before + 1);
});
