import assert from "node:assert/strict";
import { join } from "node:path";
import { lockDirectory } from "./directory_lock.ts";

Deno.test("lockDirectory() lets one have a directory at a time, and names who has it", async () => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-lock-" });
  const path = join(directory, "lock");
  {
    using _lock = await lockDirectory(path);
    await assert.rejects(lockDirectory(path), {
      code: "conflict",
      message: `Opening the database: process ${Deno.pid} uses it`,
    });
    // What another process left in the file is not repeated.
    await Deno.writeTextFile(path, "\x1b[31mnonsense");
    await assert.rejects(lockDirectory(path), { message: /another process uses it/ });
  }
  using _again = await lockDirectory(path);
  assert.equal(await Deno.readTextFile(path), `${Deno.pid}\n`);
  await Deno.remove(directory, { recursive: true });
});
