import assert from "node:assert/strict";
import type { AccountsWorld } from "./accounts_world.ts";

const ORIGIN = "http://127.0.0.1:8787";
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** A machine that asks to be logged in, and whoever is at a browser: for tests only. */
export class DevicePerson {
  /** `cookie` is of whoever is signed in. */
  constructor(readonly world: Pick<AccountsWorld, "ask">, readonly cookie?: string) {}

  /** What the machine asks first. */
  async ask(machine = "laptop", more: Readonly<Record<string, string>> = {}) {
    const answer = await this.#post("/oauth/device/code", {
      ...{ client_id: "airlock-bridge", scope: "bridge:connect", machine, ...more },
    });
    return { status: answer.status, body: await answer.json() };
  }

  /** What it comes back with. */
  async poll(device_code: string, more: Readonly<Record<string, string>> = {}) {
    const answer = await this.#post("/oauth/token", {
      ...{ client_id: "airlock-bridge", grant_type: GRANT, device_code, ...more },
    });
    return { status: answer.status, body: await answer.json() };
  }

  /** Opens the page with a code. */
  async open(userCode: string | undefined, headers: Readonly<Record<string, string>> = {}) {
    const query = userCode === undefined ? "" : `?${new URLSearchParams({ user_code: userCode })}`;
    const { cookie } = this;
    const answer = await this.world.ask(`/oauth/device${query}`, { cookie, headers });
    return { status: answer.status, text: await answer.text() };
  }

  /** Presses a button of a page. */
  async press(
    page: string,
    decision: "allow" | "deny",
    headers: Readonly<Record<string, string>> = { origin: ORIGIN },
  ) {
    const request = /name="request" value="([^"]+)"/.exec(page)?.[1];
    assert.ok(request !== undefined, page);
    const answer = await this.#post("/oauth/device", { request, decision }, headers);
    return { status: answer.status, text: await answer.text() };
  }

  /** All of it. @returns What the machine gets. */
  async logIn(machine?: string) {
    const { body: { device_code, user_code } } = await this.ask(machine);
    const { text } = await this.open(user_code);
    assert.equal((await this.press(text, "allow")).status, 200, text);
    return { device_code, ...await this.poll(device_code) };
  }

  #post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const { cookie } = this;
    return this.world.ask(path, {
      ...{ method: "POST", cookie, body: new URLSearchParams(form).toString() },
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    });
  }
}
