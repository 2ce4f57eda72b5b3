// style-ok jsdoc: the class is the interface of the Fetch Standard that its name says.
import { type BodySource, extractBody, GuestBody } from "./body.ts";

/** Statuses of answers that have no body. */
const NULL_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export class GuestResponse extends GuestBody {
  readonly status: number;
  readonly statusText: string;
  readonly url: string = "";
  readonly redirected: boolean = false;
  readonly type: string = "default";

  constructor(body: unknown = null, init: ResponseInit = {}) {
    const status = init.status ?? 200;
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new RangeError(`The status provided (${status}) is outside the range [200, 599]`);
    }
    const source: BodySource | null = extractBody(body);
    if (source !== null && NULL_BODY.has(status)) {
      throw new TypeError(`Response with status ${status} cannot have body`);
    }
    const statusText = String(init.statusText ?? "");
    // Of the HTTP Standard: reason-phrase.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(statusText)) {
      throw new TypeError("Response: its statusText is not one");
    }
    super(source, new Headers(init.headers));
    this.status = status;
    this.statusText = statusText;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  clone(): GuestResponse {
    const { status, statusText, headers } = this;
    return new GuestResponse(this.split()?.stream ?? null, { status, statusText, headers });
  }

  static error(): GuestResponse {
    const response = new GuestResponse();
    const facts = { status: 0, type: "error" };
    for (const [name, value] of Object.entries(facts)) {
      Object.defineProperty(response, name, { value, enumerable: true });
    }
    return response;
  }

  static json(data: unknown, init: ResponseInit = {}): GuestResponse {
    if (JSON.stringify(data) === undefined) throw new TypeError("Response.json: it is not JSON");
    const headers = new Headers(init.headers);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new GuestResponse(JSON.stringify(data), { ...init, headers });
  }

  static redirect(url: string | URL, status = 302): GuestResponse {
    if (!REDIRECTS.has(status)) throw new RangeError(`Invalid redirect status ${status}`);
    return new GuestResponse(null, { status, headers: { location: new URL(url).href } });
  }

  get [Symbol.toStringTag](): string {
    return "Response";
  }
}
