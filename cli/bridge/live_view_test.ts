import assert from "node:assert/strict";
import { LiveView } from "./live_view.ts";

const QUESTION = {
  ...{ serverId: "files", toolName: "write", description: "Writes\x1b[2J a file" },
  ...{ args: `{"path":"/a","more":"${"x".repeat(200)}the end"}`, caller: "key key_1" },
};

function fakeTerminal() {
  const keys = new Set<(key: string) => void>();
  let shown = "";
  return {
    press: (key: string) => keys.forEach((listener) => listener(key)),
    shown: () => shown,
    terminal: {
      out: (text: string) => void (shown += text),
      columns: () => 40,
      onKey(listener: (key: string) => void) {
        keys.add(listener);
        return { [Symbol.dispose]: () => void keys.delete(listener) };
      },
    },
    listening: () => keys.size,
  };
}

Deno.test("LiveView shows servers and what happened last, in place and within the width", () => {
  const { terminal, shown } = fakeTerminal();
  {
    using view = new LiveView(terminal, { title: "laptop at https://a.example" });
    const servers = [{ id: "files", state: "ready", tools: 3 }, {
      id: "x",
      state: "failed",
      tools: 0,
    }];
    view.show({ gateway: "", connected: true, servers });
    for (let at = 0; at < 30; at++) view.add(`call ${at} ${"long ".repeat(30)}\x1b[31m`);
  }
  assert.match(
    shown(),
    /^laptop at https:\/\/a\.example – connected?\n {2}files {2}ready, 3 tools\n/,
  );
  assert.match(shown(), / {2}x {6}failed\n/);
  assert.ok(shown().includes("call 29") && !shown().includes("call 19 "));
  assert.ok(!shown().includes("\x1b[31m"));
  assert.ok(shown().split("\n").every((line) => [...line].length < 40));
});

Deno.test("LiveView takes a key for an answer once the question could be read", async () => {
  const { terminal, shown, press, listening } = fakeTerminal();
  {
    using view = new LiveView(terminal, { title: "laptop" });
    const { signal } = new AbortController();
    let answer: string | undefined;
    const asking = view.ask(QUESTION, signal).then((given) => answer = given);
    // Pressed before: it was meant for something else.
    press("y");
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.equal(answer, undefined);
    assert.match(shown(), /May key key_1 call files write\?/);
    assert.ok(shown().includes("\\u{1b}[2J") && shown().includes('{"path":"/a",'));
    // What is asked about is never cut off.
    assert.ok(shown().replaceAll("\n", "").includes('the end"}'));
    press("x");
    press("a");
    assert.equal(await asking, "always");
    assert.equal(await view.ask(QUESTION, AbortSignal.abort()), "no");
    press("y");
  }
  assert.equal(listening(), 0);
});
