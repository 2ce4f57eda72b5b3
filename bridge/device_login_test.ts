import assert from "node:assert/strict";
import { logInDevice, surrenderDeviceKey } from "./device_login.ts";

const CODES = {
  ...{ device_code: "d", user_code: "BBBB-CCCC", expires_in: 600, interval: 1 },
  verification_uri: "https://airlock.example/oauth/device",
  verification_uri_complete: "https://airlock.example/oauth/device?user_code=BBBB-CCCC",
};

/** Logs in where the gateway answers in turn: first the codes, then what it says of them. */
async function logIn(
  answers: readonly Response[],
  signal = new AbortController().signal,
) {
  const rest = [...answers];
  const asked: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      asked.push(`${new URL(request.url).pathname} ${await request.text()}`);
      return rest.shift() ?? new Response(null, { status: 502 });
    },
  );
  const gateway = `http://127.0.0.1:${server.addr.port}`;
  const shown: string[] = [];
  const onCode = ({ userCode }: { userCode: string }) => void shown.push(userCode);
  const key = await logInDevice({ gateway, machine: "laptop", onCode, signal, secondMs: 1 });
  return { key, shown, asked };
}

const says = (error: string, status = 400) => Response.json({ error }, { status });

Deno.test("logInDevice() waits until somebody has answered", async () => {
  const { key, shown, asked } = await logIn([
    Response.json(CODES),
    says("authorization_pending"),
    says("slow_down"),
    // No answer of the gateway's.
    new Response("busy", { status: 503 }),
    Response.json({ access_token: "key", allowed_by: "Ada" }),
  ]);
  assert.deepEqual([key, shown], [{ apiKey: "key", allowedBy: "Ada" }, ["BBBB-CCCC"]]);
  assert.match(asked[0] ?? "", /^\/oauth\/device\/code .*machine=laptop/);
  assert.match(asked[1] ?? "", /^\/oauth\/token .*device_code=d$/);
});

Deno.test("logInDevice() says why it got nothing", async () => {
  const first = Response.json(CODES);
  const wrong: [readonly Response[], string][] = [
    [[first.clone(), says("access_denied")], "permission_denied"],
    [[first.clone(), says("expired_token")], "deadline_exceeded"],
    [[first.clone(), says("invalid_grant")], "upstream_failed"],
    [[Response.json({ ...CODES, expires_in: 1 })], "deadline_exceeded"],
    [[new Response(null, { status: 404 })], "upstream_failed"],
    [[new Response(null, { status: 429 })], "rate_limited"],
    [[Response.json({ ...CODES, user_code: "\x1b[2J" })], "upstream_failed"],
    [[Response.json({ ...CODES, verification_uri: "http://evil.example/" })], "invalid_input"],
    [[Response.redirect("https://evil.example/")], "upstream_failed"],
  ];
  for (const [answers, code] of wrong) await assert.rejects(logIn(answers), { code });
  await assert.rejects(logIn([first.clone()], AbortSignal.abort(new Error("enough"))), /enough/);
});

Deno.test("surrenderDeviceKey() says whether the gateway was told", async () => {
  const { signal } = new AbortController();
  assert.equal(
    await surrenderDeviceKey({ gateway: "http://127.0.0.1:9", apiKey: "k", signal }),
    false,
  );
});
