import assert from "node:assert/strict";
import { followLog } from "./follow_log.ts";

Deno.test("followLog() tells what is added, also to a log that is begun anew", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/log`;
  const stop = new AbortController();
  let heard = "";
  let wake = () => {};
  const following = followLog(path, {
    ...{ fromBytes: 0, signal: stop.signal },
    onText(text) {
      heard += text;
      wake();
    },
  });
  const until = async (text: string) => {
    while (!heard.endsWith(text)) await new Promise<void>((resolve) => wake = resolve);
  };
  try {
    const euro = new TextEncoder().encode("one €\n");
    await Deno.writeFile(path, euro.subarray(0, 5));
    await until("one ");
    await Deno.writeFile(path, euro.subarray(5), { append: true });
    await until("€\n");
    await Deno.writeTextFile(path, `${"long ".repeat(20_000)}\n`, { append: true });
    await until("long \n");
    await Deno.rename(path, `${path}.1`);
    await Deno.writeTextFile(path, "two\n");
    await until("two\n");
    assert.ok(!heard.includes("\ufffd"));
  } finally {
    stop.abort();
    await following;
    await Deno.remove(directory, { recursive: true });
  }
});
