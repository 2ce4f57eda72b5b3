import assert from "node:assert/strict";
import { join } from "node:path";
import { ServedGateway } from "./support/served_gateway.ts";

Deno.test("commands work on the database in its directory while a gateway runs", async (t) => {
  const dataDirectory = await Deno.makeTempDir({ prefix: "airlock-beside-" });
  await using _directory = {
    [Symbol.asyncDispose]: () => Deno.remove(dataDirectory, { recursive: true }),
  };
  await using gateway = await ServedGateway.start({ dataDirectory });
  const airlock = async (args: readonly string[], stdin = "") => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--frozen", "-A", "main.ts", ...args],
      ...{ cwd: new URL("..", import.meta.url), stdin: "piped", stdout: "piped", stderr: "piped" },
      env: { AIRLOCK_DATA_DIR: dataDirectory },
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  };
  const statusFor = async (key?: string) => {
    const response = await fetch(`${gateway.url}/api/usage`, {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    });
    await response.body?.cancel();
    return response.status;
  };
  const turns = async (status: number, key?: string) => {
    const deadlineMs = performance.now() + 5_000;
    while (await statusFor(key) !== status) assert(performance.now() < deadlineMs, `${status}`);
  };

  await t.step("the first user closes the owner's door of the gateway", async () => {
    assert.equal(await statusFor(), 200);
    const { code, err } = await airlock(["users", "add", "ada@example.com"], "correct horse\n");
    assert.equal(code, 0, err);
    await turns(401);
  });
  await t.step("a key opens it as soon as it is made, and not once it is revoked", async () => {
    const made = await airlock([
      "keys",
      "create",
      "--name",
      "k",
      "--scope",
      "usage:read",
      "--json",
    ]);
    const { id, token } = JSON.parse(made.out);
    await turns(200, token);
    assert.equal((await airlock(["keys", "revoke", id])).code, 0);
    await turns(401, token);
  });
  await t.step("what has to be alone is refused, and says whom to end", async () => {
    const { code, err } = await airlock(["db", "restore", join(dataDirectory, "none")]);
    assert.equal(code, 3);
    assert.match(err, /process \d+ uses it \(conflict\)\nEnd that process/);
  });
});
