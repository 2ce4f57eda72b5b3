import assert from "node:assert/strict";
import type { IsolationLevel } from "../../spec/sandbox.ts";
import { TestWorld } from "../support/test_world.ts";
import { whyAbsent } from "./attack_range.ts";
import { startRecordingServer } from "./recording_server.ts";

const DIALLER = `
import net from "node:net";
export async function dial({ hostname, port }) {
  const told = {};
  const attempts = {
    deno: async () => { (await Deno.connect({ hostname, port })).close(); return "reached"; },
    node: () => new Promise((ok, no) => {
      const socket = net.connect(port, hostname, () => { socket.destroy(); ok("reached"); });
      socket.on("error", no);
    }),
    listen: async () => "listening on " + Deno.listen({ hostname: "127.0.0.1", port: 0 }).addr.port,
    file: async () => Deno.readTextFileSync("/etc/passwd"),
    resolver: async () => Deno.readTextFileSync("/etc/resolv.conf"),
  };
  for (const [name, work] of Object.entries(attempts)) {
    try { told[name] = await work(); } catch (error) { told[name] = error.name; }
  }
  return told;
}`;

const REFUSED = { listen: "NotCapable", file: "NotCapable", resolver: "NotCapable" };

for (const level of ["permissions", "bubblewrap"] satisfies IsolationLevel[]) {
  const absent = await whyAbsent(level);
  Deno.test({
    name: `raw sockets reach what policy and call both name, at ${level}`,
    // This level is not to be had on this machine.
    ignore: absent !== null,
    async fn() {
      await using granted = startRecordingServer("127.0.0.1");
      await using other = startRecordingServer();
      const pair = `127.0.0.1:${granted.port}`;
      const byName = `localhost:${granted.port}`;
      await using world = await TestWorld.open({
        env: { AIRLOCK_ALLOW_NET_DIRECT: `${pair},${byName}` },
        isolationAtMost: level,
      });
      await world.publish("dialler", DIALLER);
      const dial = (hostname: string, port: number, netDirect?: readonly string[]) =>
        world.call({
          packageName: "dialler",
          name: "dial",
          params: { hostname, port },
          permissions: netDirect === undefined ? undefined : { netDirect },
        });
      const reached = await dial("127.0.0.1", granted.port, [pair]);
      assert.deepEqual(reached.success && reached.output, {
        ...REFUSED,
        deno: "reached",
        node: "reached",
      });
      for (
        const [hostname, port, grant] of [
          ["127.0.0.1", granted.port, undefined],
          ["127.0.0.1", other.port, [pair]],
          ["127.1", other.port, [pair]],
          ["localhost", other.port, [pair]],
          ["localhost", granted.port, [pair]],
          // A name that policy allows, leading to a private range: denied after it was resolved.
          ["localhost", granted.port, [byName]],
          ["0.0.0.0", granted.port, [pair]],
          ["::ffff:127.0.0.1", other.port, [pair]],
        ] as const
      ) {
        const result = await dial(hostname, port, grant);
        assert.ok(result.success, JSON.stringify(result));
        const { output } = result;
        assert.ok(typeof output === "object" && output !== null && "deno" in output);
        assert.doesNotMatch(JSON.stringify(output), /reached|listening/, `${hostname}:${port}`);
      }
      const denied = await dial("127.0.0.1", other.port, [`127.0.0.1:${other.port}`]);
      assert.ok(!denied.success);
      assert.equal(denied.code, "permission_denied");
      assert.match(denied.suggestion ?? "", /AIRLOCK_ALLOW_NET_DIRECT/);
      assert.deepEqual(other.requests, []);
    },
  });
}
