import { loadConfig } from "../config.ts";
import { failsWith } from "../tests/support/fails_with.ts";
import { executorCheck } from "./executor_check.ts";

Deno.test("executorCheck() reaches private places only where configuration names them", async () => {
  const stop = new AbortController();
  const where = { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal };
  const server = Deno.serve(where, () => Response.json({ status: "ok" }));
  const choice = { kind: "remote", url: `http://127.0.0.1:${server.addr.port}` } as const;
  try {
    await failsWith(executorCheck(loadConfig({}))(choice), { code: "invalid_input" });
    await executorCheck(loadConfig({ AIRLOCK_NET_ALLOW_PRIVATE: "127.0.0.1" }))(choice);
  } finally {
    stop.abort();
    await server.finished;
  }
});
