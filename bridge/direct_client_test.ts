import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { directClient } from "./direct_client.ts";

/** Tells how it got through to the gateway that is named, by each way. */
const PROGRAM = `
  import { checkCredentials } from "./bridge/bridge_credentials.ts";
  import { openSocketChannel } from "./bridge/frame_channel.ts";
  const [gateway] = Deno.args;
  const { signal } = new AbortController();
  await checkCredentials({ gateway }, { signal });
  const { promise, resolve, reject } = Promise.withResolvers();
  const channel = openSocketChannel({
    ...{ gateway, headers: () => ({}), onOpen: () => {}, onFrame: resolve, onEnd: reject },
  });
  console.log(await promise);
  channel.close(1000, "");
`;

Deno.test("a proxy of the environment gets nothing that is for this machine alone", async () => {
  let passed = 0;
  const proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    passed++;
    return new Response(null, { status: 502 });
  });
  const gateway = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    if (!request.headers.has("upgrade")) return new Response();
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => socket.send("through");
    return response;
  });
  try {
    const address = `http://127.0.0.1:${proxy.addr.port}`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--frozen", "-A", "--ext=ts", "-", `http://localhost:${gateway.addr.port}`],
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { HTTP_PROXY: address, HTTPS_PROXY: address, ALL_PROXY: address, NO_PROXY: "" },
      ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    }).spawn();
    const output = child.output();
    await new Blob([PROGRAM]).stream().pipeTo(child.stdin);
    const { stdout, stderr } = await output;
    assert.equal(new TextDecoder().decode(stdout), "through\n", new TextDecoder().decode(stderr));
    assert.equal(passed, 0);
  } finally {
    await Promise.all([proxy.shutdown(), gateway.shutdown()]);
  }
});

Deno.test("directClient() is for this machine alone", () => {
  for (const url of ["https://localhost/", "http://a.example/", "http://127.0.0.1.a.example/"]) {
    assert.equal(directClient(new URL(url)), undefined, url);
  }
});
