import assert from "node:assert/strict";
import { failsWith } from "../../../tests/support/fails_with.ts";
import { createModelGuesser } from "./model_guesser.ts";

const SUBJECT = {
  packageName: "p",
  toolName: "shout",
  description: `Makes text loud ${"x".repeat(10_000)}`,
  hints: Array.from({ length: 100 }, (_, at) => `hint ${at} ${"y".repeat(1_000)}`),
};
const SCHEMA = { type: "object", properties: { text: { type: "string" } } };

interface Asked {
  readonly path: string;
  readonly authorization: string | null;
  readonly body: { model: string; messages: { role: string; content: string }[] };
}

/** A server that speaks the protocol, and answers what it is told to. */
async function guessFrom(
  answer: (asked: Asked) => Response | Promise<Response>,
  { timeoutMs = 5_000, signal = new AbortController().signal } = {},
) {
  const asked: Asked[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname: path } = new URL(request.url);
      const authorization = request.headers.get("authorization");
      const one = { path, authorization, body: await request.json() };
      asked.push(one);
      return await answer(one);
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}/v1`;
  const guesser = createModelGuesser({ url, model: "small", key: "hush", timeoutMs });
  try {
    return { asked, schema: await guesser.guess(SUBJECT, { signal }) };
  } catch (error) {
    assert.ok(!String(error).includes("hush"));
    throw error;
  }
}

const saying = (content: string | null) => () =>
  Response.json({ id: "x", choices: [{ index: 0, message: { role: "assistant", content } }] });

Deno.test("createModelGuesser() asks by the protocol, with no more than a question needs", async () => {
  const { asked: [asked], schema } = await guessFrom(saying(JSON.stringify(SCHEMA)));
  assert.deepEqual(schema, SCHEMA);
  assert.deepEqual([asked?.path, asked?.authorization, asked?.body.model], [
    ...["/v1/chat/completions", "Bearer hush", "small"],
  ]);
  const { content } = asked!.body.messages.at(-1)!;
  const told = JSON.parse(content);
  assert.deepEqual([told.package, told.tool, told.hints.length], ["p", "shout", 20]);
  assert.ok(content.length < 10_000);
});

Deno.test("createModelGuesser() takes a schema in a fence, and nothing that is none", async () => {
  const fenced = await guessFrom(saying(`\`\`\`json\n${JSON.stringify(SCHEMA)}\n\`\`\``));
  assert.deepEqual(fenced.schema, SCHEMA);
  for (
    const content of [
      ...['{"unknown":true}', "I would say a string", "", null, "[]", "null", '{"type":"string"}'],
      ...['{"type":"object"}', '{"type":"object","properties":[]}', "{".repeat(10_000)],
    ]
  ) {
    assert.equal((await guessFrom(saying(content))).schema, null, String(content).slice(0, 50));
  }
});

Deno.test("createModelGuesser() fails in words where the model does not answer", async () => {
  const wrong = [
    () => new Response("no such key", { status: 401 }),
    () => new Response("oops", { status: 500 }),
    () => new Response("<html>"),
    () => Response.json({ choices: [] }),
    () => Response.json({ choices: [{ message: {} }] }),
    () => new Response(null, { status: 307, headers: { location: "http://127.0.0.1:9/" } }),
  ];
  for (const answer of wrong) await failsWith(guessFrom(answer), { code: "upstream_failed" });
});

Deno.test("createModelGuesser() waits and reads within bounds, and stops when told to", async () => {
  const later = async () => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    return saying("{}")();
  };
  const startedMs = performance.now();
  const error = await failsWith(guessFrom(later, { timeoutMs: 100 }), { code: "upstream_failed" });
  assert.match(error.message, /in time/);
  assert.ok(performance.now() - startedMs < 5_000);
  const long = () => new Response("x".repeat(300_000));
  const tooLong = await failsWith(guessFrom(long), { code: "upstream_failed" });
  assert.match(tooLong.message, /more than 262144 bytes/);
  const stopped = AbortSignal.abort(new Error("stopped"));
  await assert.rejects(guessFrom(later, { signal: stopped }), /stopped/);
});
