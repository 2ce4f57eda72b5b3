import assert from "node:assert/strict";
import type { EgressPort } from "../../spec/egress.ts";
import type { JsonValue } from "../../spec/json.ts";
import type { Limits } from "../../spec/limits.ts";
import type { LoadedAttack } from "./hostile_sandbox.ts";

/** What a spy found, and every log line that came meanwhile. */
export interface Overheard {
  readonly found: JsonValue | undefined;
  readonly messages: readonly string[];
}

/** Makes a guest send every kind of frame while the spy of `SPY_SOURCE` is watching. */
export async function makeItTalk(spy: LoadedAttack, limits: Limits): Promise<Overheard> {
  const messages: string[] = [];
  for (const toolName of ["attack", "talk", "stream", "fail", "ask", "talk", "attack"]) {
    const { report, error, logs } = await spy.call({ toolName, limits, egress: ECHO });
    messages.push(...logs.map(({ message }) => message));
    assert.equal(error !== undefined, toolName === "fail", `${toolName}: ${error}`);
    if (toolName === "ask") assert.equal(report?.output, "100000 bytes");
    if (toolName === "talk") assert.ok(logs.length >= 2);
  }
  const { report } = await spy.call({ limits });
  return { found: report?.output, messages };
}

const ECHO: EgressPort = {
  async request({ body }) {
    const { length } = await new Response(body).text();
    const answer = new Response(`${length} bytes`);
    const { status, statusText } = answer;
    const url = "https://example.com/";
    return { status, statusText, headers: [], url, redirected: false, body: answer.body };
  },
};
