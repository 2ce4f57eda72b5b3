import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { textOf } from "../../tests/support/egress_fixture.ts";
import { createEgressBroker } from "./egress_broker.ts";

type Reply = string | ((connection: Deno.TcpConn) => Promise<void>);

/** Asks a server that answers with bytes of its own, `times` over; gives status+body or the code. */
async function ask(reply: Reply, times = 1): Promise<string[]> {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const serving = serveRaw(listener, reply);
  const deadlineSignal = new AbortController().signal;
  const call = createEgressBroker({
    allowPrivate: ["127.0.0.1"],
    limits: { totalResponseBytes: 1024 * 1024 },
  }).open("public", { deadlineSignal });
  const seen: string[] = [];
  for (let count = 0; count < times; count++) {
    try {
      const response = await call.request({
        method: "GET",
        url: `http://127.0.0.1:${listener.addr.port}/`,
        headers: [],
        body: null,
        redirect: "follow",
      }, deadlineSignal);
      seen.push(`${response.status} ${await textOf(response)}`);
    } catch (error) {
      assert(error instanceof AirlockError, `${error}`);
      seen.push(`${error.code} ${error.details.reason ?? error.details.limit}`);
    }
  }
  call.close();
  listener.close();
  await serving;
  return seen;
}

async function serveRaw(listener: Deno.TcpListener, reply: Reply): Promise<void> {
  const connections: Promise<void>[] = [];
  // Accepting ends with an error when the listener is closed.
  const next = () => listener.accept().catch(() => null);
  for (let one = await next(); one !== null; one = await next()) {
    connections.push(answer(one, reply));
  }
  await Promise.all(connections);
}

async function answer(connection: Deno.TcpConn, reply: Reply): Promise<void> {
  try {
    await connection.read(new Uint8Array(64 * 1024));
    if (typeof reply === "string") await write(connection, reply);
    else await reply(connection);
  } catch {
    // The broker hung up on us, which is what most of these tests are about.
  } finally {
    connection.close();
  }
}

async function write(connection: Deno.TcpConn, text: string): Promise<void> {
  await connection.write(new TextEncoder().encode(text));
}

function flood(text: string, first = ""): Reply {
  return async (connection) => {
    await write(connection, first);
    while (true) await write(connection, text.repeat(1000));
  };
}

Deno.test("sendHop() takes odd but valid answers", async () => {
  const ok = "HTTP/1.1 200 OK\r\n";
  assert.deepEqual(await ask(`${ok}\r\nuntil close`), ["200 until close"]);
  assert.deepEqual(await ask(`HTTP/1.1 103 Hint\r\n\r\n${ok}content-length: 2\r\n\r\nok`), [
    "200 ok",
  ]);
  assert.deepEqual(await ask(`${ok}content-encoding: gzip\r\ncontent-length: 0\r\n\r\n`), ["200 "]);
  assert.deepEqual(await ask("HTTP/1.1 204 None\r\ncontent-encoding: gzip\r\n\r\n"), ["204 "]);
});

Deno.test("sendHop() refuses answers that are not HTTP", async () => {
  const ok = "HTTP/1.1 200 OK\r\n";
  for (
    const [reply, reason] of [
      ["garbage\r\n\r\n", "HPE_INVALID_CONSTANT"],
      ["", "ECONNRESET"],
      [`${ok}content-length: 10\r\n\r\nabc`, "ECONNRESET"],
      [`${ok}content-length: 2\r\ncontent-length: 5\r\n\r\nokabc`, "HPE_UNEXPECTED_CONTENT_LENGTH"],
      [
        `${ok}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
        "HPE_INVALID_TRANSFER_ENCODING",
      ],
      [`${ok}content-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc`, "Z_DATA_ERROR"],
      ["HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nx", "ECONNRESET"],
    ] as const
  ) {
    assert.deepEqual(await ask(reply), [`upstream_failed ${reason}`], JSON.stringify(reply));
  }
});

Deno.test("sendHop() ends floods", async () => {
  assert.deepEqual(await ask(flood("HTTP/1.1 100 Continue\r\n\r\n")), ["upstream_failed interim"]);
  assert.deepEqual(await ask(flood("a: b\r\n", "HTTP/1.1 200 OK\r\n")), [
    "resource_limit egress.headerBytes",
  ]);
  assert.deepEqual(await ask(flood("body", "HTTP/1.1 200 OK\r\n\r\n")), [
    "resource_limit egress.totalResponseBytes",
  ]);
});

Deno.test("sendHop() asks again where a kept connection turns out to be closed", async () => {
  const reply: Reply = async (connection) => {
    await write(connection, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    await connection.read(new Uint8Array(1024));
  };
  assert.deepEqual(await ask(reply, 3), ["200 ok", "200 ok", "200 ok"]);
});
