import assert from "node:assert/strict";
import { hash } from "node:crypto";

/** What a gateway is asked with: over the network, or in the same process. */
export type Send = (url: string, init?: RequestInit) => Promise<Response>;

/** A client that asks to be let in, and the person in front of the browser: for tests only. */
export class OauthPerson {
  readonly verifier = crypto.randomUUID() + crypto.randomUUID();

  constructor(
    readonly options: {
      readonly origin: string;
      readonly send: Send;
      /** Of whoever is signed in. */
      readonly cookie?: string;
    },
  ) {}

  get challenge(): string {
    return hash("sha256", this.verifier, "base64url");
  }

  /** Registers a client. @returns Its id. */
  async register(redirectUri: string, more: object = {}): Promise<string> {
    const response = await this.#send("/oauth/register", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ redirect_uris: [redirectUri], client_name: "Editor", ...more }),
    });
    const body = await response.json();
    assert.equal(response.status, 201, JSON.stringify(body));
    return body.client_id;
  }

  /** Parameters of a request that is right, changed as told; `undefined` leaves one out. */
  asking(parameters: Readonly<Record<string, string | undefined>>): string {
    const all = {
      ...{ response_type: "code", code_challenge_method: "S256", state: "s t&1" },
      ...{ code_challenge: this.challenge, ...parameters },
    };
    const given = Object.entries(all).filter((entry): entry is [string, string] =>
      entry[1] !== undefined
    );
    return new URLSearchParams(given).toString();
  }

  /** Opens the page that a client sends somebody to. */
  async open(query: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await this.#send(`/oauth/authorize?${query}`);
    return { status: response.status, text: await response.text() };
  }

  /** Presses a button of a page. */
  async press(
    page: string,
    decision: "allow" | "deny",
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const request = /name="request" value="([^"]+)"/.exec(page)?.[1];
    assert.ok(request !== undefined, page);
    return await this.#post("/oauth/authorize", { request, decision }, {
      origin: this.options.origin,
      ...headers,
    });
  }

  /** Asks, allows, and says where the browser goes. */
  async allow(parameters: Readonly<Record<string, string | undefined>>): Promise<URL> {
    return await this.allowAt(this.asking(parameters));
  }

  /** The same for a request of another client. */
  async allowAt(query: string): Promise<URL> {
    const { status, text } = await this.open(query);
    assert.equal(status, 200, text);
    return whereTo(await (await this.press(text, "allow")).text());
  }

  /** Comes for tokens. */
  async exchange(form: Readonly<Record<string, string>>) {
    const response = await this.#post("/oauth/token", form, {});
    return { status: response.status, body: await response.json() };
  }

  async revoke(form: Readonly<Record<string, string>>): Promise<number> {
    const response = await this.#post("/oauth/revoke", form, {});
    await response.body?.cancel();
    return response.status;
  }

  #post(path: string, form: Readonly<Record<string, string>>, headers: Record<string, string>) {
    return this.#send(path, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: new URLSearchParams(form).toString(),
    });
  }

  #send(path: string, init: RequestInit = {}): Promise<Response> {
    const { origin, cookie, send } = this.options;
    const headers = { ...init.headers, ...(cookie !== undefined && { cookie }) };
    return send(`${origin}${path}`, { ...init, headers, redirect: "manual" });
  }
}

/** The address that a page takes the browser to. */
export function whereTo(page: string): URL {
  const escaped = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(page)?.[1];
  assert.ok(escaped !== undefined, page);
  return new URL(escaped.replaceAll("&amp;", "&"));
}
