import assert from "node:assert/strict";
import { AccountsWorld, type Asked, WORLD_URL } from "./accounts_world.ts";

/** What a browser would send back of an answer's cookies. */
export function cookieOf(response: Response): string {
  return response.headers.getSetCookie().map((cookie) => cookie.split(";", 1)[0]).join("; ");
}

/** People of a world as they ask by their browsers: for tests only. */
export class PeopleOf {
  constructor(readonly world: AccountsWorld, readonly url: string = WORLD_URL) {}

  /** Posts to better-auth as a page of the gateway itself would. */
  post(path: string, asked: Asked = {}): Promise<Response> {
    const headers = { origin: this.url, ...asked.headers };
    return this.world.ask(`/api/auth${path}`, { body: {}, ...asked, headers });
  }

  /** The same, for what has to succeed. */
  async done<T>(path: string, asked: Asked = {}): Promise<T> {
    const response = await this.post(path, asked);
    const text = await response.text();
    assert.equal(response.status, 200, `${path}: ${text}`);
    return JSON.parse(text);
  }

  /** Makes somebody an account past the gateway, and signs them in. @returns Their cookie. */
  async add(name: string): Promise<string> {
    const user = { email: `${name}@example.com`, name, password: "a long password" };
    await (await this.world.accounts.people()).addUser(user);
    return await this.signIn(name);
  }

  async signIn(name: string): Promise<string> {
    const body = { email: `${name}@example.com`, password: "a long password" };
    const response = await this.post("/sign-in/email", { body });
    assert.equal(response.status, 200, await response.text());
    return cookieOf(response);
  }

  /** Who the gateway takes them for, asked when what it remembers of sessions is over. */
  async me(cookie: string) {
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    return await (await this.world.ask("/api/me", { cookie })).json();
  }

  /** What they read at a path. */
  async read(path: string, cookie: string) {
    return await (await this.world.ask(path, { cookie })).json();
  }
}
