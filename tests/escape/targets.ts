import dgram from "node:dgram";
import { once } from "node:events";

/** Everything on this machine that a sandbox must not reach, and who reached it. */
export interface Targets extends AsyncDisposable {
  /** One line for each connection or datagram. */
  readonly hits: string[];
  /** TCP port on loopback; whoever connects is counted, and gets an HTTP answer. */
  readonly port: number;
  /** UDP port on loopback. */
  readonly udp: number;
  /** Id of a process that does nothing. */
  readonly victim: number;
  victimLives(): boolean;
}

const ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\nconnection: close\r\n\r\nreached";

/** Starts the targets; disposing ends them all. `socketPath` becomes a unix socket. */
export async function startTargets(socketPath: string): Promise<Targets> {
  const hits: string[] = [];
  const tcp = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const unix = Deno.listen({ transport: "unix", path: socketPath });
  const udp = dgram.createSocket("udp4", () => void hits.push("UDP"));
  udp.bind(0, "127.0.0.1");
  await once(udp, "listening");
  const accepting = [acceptAll(tcp, "TCP", hits), acceptAll(unix, "unix socket", hits)];
  const victim = new Deno.Command("sleep", { args: ["600"], stdin: "null" }).spawn();
  let lives = true;
  const ended = victim.status.then(() => {
    lives = false;
  });
  return {
    hits,
    port: tcp.addr.port,
    udp: udp.address().port,
    victim: victim.pid,
    victimLives: () => lives,
    async [Symbol.asyncDispose]() {
      tcp.close();
      unix.close();
      udp.close();
      if (lives) victim.kill("SIGKILL");
      await Promise.all([ended, ...accepting]);
    },
  };
}

async function acceptAll(listener: Deno.Listener, what: string, hits: string[]): Promise<void> {
  for await (const connection of listener) {
    hits.push(what);
    // Whoever connected may have gone already: being counted was the point.
    await connection.write(new TextEncoder().encode(ANSWER)).catch(() => {});
    connection.close();
  }
}
