import assert from "node:assert/strict";
import { openMetering } from "../accounts/open_metering.ts";
import { AccountsWorld } from "./support/accounts_world.ts";
import { userCaller } from "./support/callers.ts";
import { fakeGateway } from "./support/fake_gateway.ts";
import { testRedis } from "./support/test_redis.ts";
import { TcpRelay } from "./support/tcp_relay.ts";

for (const [whenDown, status] of [["open", 200], ["closed", 429]] as const) {
  testRedis(`a gateway whose Redis is away fails ${whenDown}, and says so`, async (url) => {
    await using world = await AccountsWorld.open();
    const { accounts, database } = world;
    const { token: key } = await world.makeKey(userCaller(), { scopes: ["tools:execute"] });
    const { hostname, port } = new URL(url);
    await using relay = new TcpRelay({ hostname, port: Number(port || 6379) });
    const through = new URL(url);
    through.host = `127.0.0.1:${relay.port}`;
    const failures: unknown[] = [];
    await using metering = openMetering({
      ...{ database, rateStore: "redis", redisUrl: through.href, whenStoreIsDown: whenDown },
      onFailure: (error) => failures.push(error),
    });
    const { app, post } = fakeGateway({ accounts, metering });
    const call = async () => {
      const response = await post("/execute-tool", { packageName: "p", name: "echo" }, {
        authorization: `Bearer ${key}`,
      });
      await response.body?.cancel();
      return response.status;
    };
    const told = async () => {
      const health = await (await app.request("http://127.0.0.1:8787/health")).json();
      const metrics = await app.request("http://127.0.0.1:8787/metrics");
      const up = /airlock_rate_store_up\{kind="redis"\} (\d)/.exec(await metrics.text())?.[1];
      return { ...health.metering.rateStore, up };
    };
    const well = async () => {
      for (let tries = 0; tries < 100; tries++) {
        if (await call() === 200 && (await told()).state === "ok") return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.fail("Redis is not asked");
    };
    // To connect for the first time may take longer than a call waits.
    await well();
    assert.deepEqual(await told(), { kind: "redis", state: "ok", whenDown, up: "1" });
    failures.length = 0;
    await relay.stop();
    assert.equal(await call(), status);
    assert.deepEqual(await told(), { kind: "redis", state: "down", whenDown, up: "0" });
    assert.equal(failures.length, 1);
    await relay.restart();
    await well();
  });
}
