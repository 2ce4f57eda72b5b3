import assert from "node:assert/strict";
import { TcpRelay } from "../../tests/support/tcp_relay.ts";
import { testRedis } from "../../tests/support/test_redis.ts";
import { AirlockError } from "../../spec/errors.ts";
import { createRedisRateStore } from "./redis_rate_store.ts";

const LIMIT = { limit: 3, windowMs: 60_000 };

async function refusal(url: string): Promise<AirlockError> {
  await using store = createRedisRateStore({ url });
  try {
    await store.take("a", LIMIT);
  } catch (error) {
    assert.ok(error instanceof AirlockError, String(error));
    return error;
  }
  return assert.fail("it was counted");
}

testRedis("createRedisRateStore() keeps its keys apart, and not for ever", async (url) => {
  const key = `test:${crypto.randomUUID()}`;
  await using store = createRedisRateStore({ url });
  await store.take(key, LIMIT);
  const { Redis } = await import("ioredis");
  const redis = new Redis(url);
  try {
    const leftMs = await redis.pttl(`airlock:rate:${key}`);
    assert.ok(leftMs > LIMIT.windowMs / 2 && leftMs <= 2 * LIMIT.windowMs, String(leftMs));
    assert.equal(await redis.exists(key), 0);
  } finally {
    redis.disconnect();
  }
});

testRedis("createRedisRateStore() counts on after its server was away", async (url) => {
  const key = `test:${crypto.randomUUID()}`;
  const { hostname, port } = new URL(url);
  await using relay = new TcpRelay({ hostname, port: Number(port || 6379) });
  const through = new URL(url);
  through.host = `127.0.0.1:${relay.port}`;
  await using store = createRedisRateStore({ url: through.href });
  assert.equal((await store.take(key, LIMIT)).remaining, 2);
  await relay.stop();
  await assert.rejects(async () => await store.take(key, LIMIT), AirlockError);
  await relay.restart();
  for (let tries = 0;; tries++) {
    try {
      const { remaining } = await store.take(key, LIMIT);
      assert.equal(remaining, 1);
      return;
    } catch (error) {
      if (tries > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});

testRedis("createRedisRateStore() fails without a word of its password", async (url) => {
  const wrong = new URL(url);
  wrong.username = "nobody";
  wrong.password = "hunter2-hunter2";
  const error = await refusal(wrong.href);
  assert.equal(error.code, "upstream_failed");
  assert.doesNotMatch(`${Deno.inspect(error)} ${JSON.stringify(error)}`, /hunter2/);
});

Deno.test("createRedisRateStore() fails soon where there is no server", async () => {
  const startedMs = performance.now();
  const error = await refusal("redis://127.0.0.1:9");
  assert.equal(error.code, "upstream_failed");
  assert.equal(error.details?.reason, "MaxRetriesPerRequestError");
  assert.ok(performance.now() - startedMs < 5_000);
});
