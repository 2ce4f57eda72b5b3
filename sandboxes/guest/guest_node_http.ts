import http from "node:http";
import https from "node:https";
import type { EgressPort } from "../../spec/egress.ts";
import { type NodeRequestOptions, readTarget } from "./guest_node_options.ts";
import { GuestClientRequest } from "./guest_node_request.ts";
import type { GuestIncomingMessage } from "./guest_node_response.ts";

type Listener = (response: GuestIncomingMessage) => void;
type Input = string | URL | NodeRequestOptions;

/**
 * Makes `node:http` and `node:https` reach the network through `port`: replaces `request` and
 * `get` on the modules' default exports. Named imports are bindings of their own and
 * keep the native functions, which a sandbox without permissions refuses; bundles read the default
 * export instead. Agents, custom lookups and custom sockets are accepted and not used.
 */
export function installNodeHttp(port: EgressPort): void {
  patch(http, port, "http:");
  patch(https, port, "https:");
}

function patch(module: object, port: EgressPort, scheme: "http:" | "https:"): void {
  function open(input: Input, extra?: NodeRequestOptions | Listener, listener?: Listener) {
    const onResponse = typeof extra === "function" ? extra : listener;
    const options = typeof extra === "function" ? {} : extra ?? {};
    const request = new GuestClientRequest(port, readTarget(input, { ...options, scheme }));
    if (onResponse !== undefined) request.once("response", onResponse);
    return request;
  }

  function request(input: Input, extra?: NodeRequestOptions | Listener, listener?: Listener) {
    return open(input, extra, listener);
  }

  function get(input: Input, extra?: NodeRequestOptions | Listener, listener?: Listener) {
    const request = open(input, extra, listener);
    request.end();
    return request;
  }

  for (const [name, value] of Object.entries({ request, get })) {
    Object.defineProperty(module, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
}
