import type { LoadPlan, LoadResult } from "./load_generator.ts";
import { quantile } from "../statistics.ts";

// The program of the built-in load generator: a plan on stdin, its result on stdout. Raw TCP, since
// `fetch` would cost more than what is measured.

const decoder = new TextDecoder("latin1");
const plan: LoadPlan = await new Response(Deno.stdin.readable).json();
const { hostname, port, pathname } = new URL(plan.url);
const body = new TextEncoder().encode(plan.body);
const head = new TextEncoder().encode(
  `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n` +
    `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
);
const request = new Uint8Array(head.length + body.length);
request.set(head);
request.set(body, head.length);

const tookMs: number[] = [];
let failures = 0;
const endMs = performance.now() + plan.durationMs;

async function connection(): Promise<void> {
  using tcp = await Deno.connect({ hostname, port: Number(port) });
  tcp.setNoDelay(true);
  const buffer = new Uint8Array(256 * 1024);
  while (performance.now() < endMs) {
    const startMs = performance.now();
    await writeAll(tcp, request);
    const status = await readAnswer(tcp, buffer);
    tookMs.push(performance.now() - startMs);
    if (status !== 200) failures++;
  }
}

async function writeAll(tcp: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await tcp.write(bytes.subarray(sent));
}

/** Reads one answer that declares its length. @returns Its status. */
async function readAnswer(tcp: Deno.TcpConn, buffer: Uint8Array): Promise<number> {
  let held = 0;
  let whole = Infinity;
  let status = 0;
  while (held < whole) {
    const count = await tcp.read(buffer.subarray(held));
    if (count === null) throw new Error("read answer: the connection was closed");
    held += count;
    if (whole !== Infinity) continue;
    const text = decoder.decode(buffer.subarray(0, Math.min(held, 8_192)));
    const headEnd = text.indexOf("\r\n\r\n");
    if (headEnd < 0) continue;
    status = Number(text.slice(9, 12));
    const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, headEnd + 2))?.[1];
    if (length === undefined) throw new Error("read answer: it does not declare its length");
    whole = headEnd + 4 + Number(length);
  }
  return status;
}

const startedMs = performance.now();
await Promise.all(
  Array.from({ length: plan.connections }, () => connection().catch(() => void failures++)),
);
const elapsedSeconds = (performance.now() - startedMs) / 1_000;
const result: LoadResult = {
  perSecond: tookMs.length / elapsedSeconds,
  p50Ms: tookMs.length === 0 ? 0 : quantile(tookMs, 0.5),
  p95Ms: tookMs.length === 0 ? 0 : quantile(tookMs, 0.95),
  failures,
};
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(result)));
