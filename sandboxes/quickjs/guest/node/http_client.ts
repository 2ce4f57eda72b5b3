// style-ok jsdoc: each export is the member of node:http that its name says.
/** The client of `node:http` and `node:https`, over the gateway's egress as in Deno's sandboxes. */
import { EventEmitter } from "node:events";
import type { EgressPort } from "../../../../spec/egress.ts";
import { type NodeRequestOptions, readTarget } from "../../../guest/guest_node_options.ts";
import { GuestClientRequest } from "../../../guest/guest_node_request.ts";
import { GuestIncomingMessage } from "../../../guest/guest_node_response.ts";

declare const airlockRequest: EgressPort["request"];
const port: EgressPort = { request: airlockRequest };

type Listener = (response: GuestIncomingMessage) => void;
type Input = string | URL | NodeRequestOptions;
type Arguments = [input: Input, extra?: NodeRequestOptions | Listener, listener?: Listener];

/** Accepted and not used: connections are the gateway's. */
export class Agent extends EventEmitter {
  readonly options: object;
  readonly maxSockets = Infinity;
  readonly requests = {};
  readonly sockets = {};
  readonly freeSockets = {};

  constructor(options: object = {}) {
    super();
    this.options = options;
  }

  destroy(): void {}
}

export { GuestClientRequest as ClientRequest, GuestIncomingMessage as IncomingMessage };

/** `request` and `get` of one scheme. */
export function createClient(scheme: "http:" | "https:"): {
  readonly request: (...args: Arguments) => GuestClientRequest;
  readonly get: (...args: Arguments) => GuestClientRequest;
} {
  const request = (...[input, extra, listener]: Arguments): GuestClientRequest => {
    const onResponse = typeof extra === "function" ? extra : listener;
    const options = typeof extra === "function" ? {} : extra ?? {};
    const made = new GuestClientRequest(port, readTarget(input, { ...options, scheme }));
    if (onResponse !== undefined) made.once("response", onResponse);
    return made;
  };
  const get = (...args: Arguments): GuestClientRequest => {
    const made = request(...args);
    made.end();
    return made;
  };
  return { request, get };
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export function validateHeaderName(name: string): void {
  if (TOKEN.test(name)) return;
  throw Object.assign(new TypeError(`Header name must be a valid HTTP token ["${name}"]`), {
    code: "ERR_INVALID_HTTP_TOKEN",
  });
}

export function validateHeaderValue(name: string, value: unknown): void {
  if (value === undefined) {
    throw Object.assign(new TypeError(`Invalid value "undefined" for header "${name}"`), {
      code: "ERR_HTTP_INVALID_HEADER_VALUE",
    });
  }
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(String(value))) return;
  throw Object.assign(new TypeError(`Invalid character in header content ["${name}"]`), {
    code: "ERR_INVALID_CHAR",
  });
}
