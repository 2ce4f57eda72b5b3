/**
 * The part of undici that programs use as an HTTP client, over the sandbox's `fetch`. There are no
 * sockets in a sandbox: pools and agents are kept as names only, and what needs a socket says so.
 */
import { errors, unsupported } from "./undici_errors.mjs";
import { FOLLOWS, request, stream } from "./undici_request.mjs";

const { Headers, Request, Response, FormData, WebSocket, EventSource } = globalThis;
const { CloseEvent, MessageEvent, ErrorEvent, File } = globalThis;
export {
  CloseEvent,
  ErrorEvent,
  errors,
  EventSource,
  File,
  FormData,
  Headers,
  MessageEvent,
  Request,
  request,
  Response,
  stream,
  WebSocket,
};

/** `fetch` without undici's own options. */
export function fetch(input, init = {}) {
  const { dispatcher: _dispatcher, ...rest } = init;
  return globalThis.fetch(input, rest);
}

/** Keeps an origin and options; connects nothing. */
export class Dispatcher {
  #origin;
  #closed = false;
  constructor(origin = undefined, _options = undefined) {
    const given = typeof origin === "string" || origin instanceof URL;
    this.#origin = given ? new URL(origin) : undefined;
  }
  get closed() {
    return this.#closed;
  }
  get destroyed() {
    return this.#closed;
  }
  request(options, callback = undefined) {
    if (this.#closed) return Promise.reject(new errors.ClientClosedError());
    const url = new URL(options.path ?? "/", options.origin ?? this.#origin);
    const answer = request(url, options);
    if (callback === undefined) return answer;
    answer.then((data) => callback(null, data), (error) => callback(error, null));
  }
  compose(...list) {
    const composed = new this.constructor(this.#origin);
    composed[FOLLOWS] = this[FOLLOWS] === true || list.flat().some((item) => item?.[FOLLOWS]);
    return composed;
  }
  on() {
    return this;
  }
  once() {
    return this;
  }
  off() {
    return this;
  }
  close() {
    this.#closed = true;
    return Promise.resolve();
  }
  destroy() {
    return this.close();
  }
  dispatch() {
    return unsupported("dispatch()");
  }
  stream(options, factory) {
    return stream(new URL(options.path ?? "/", options.origin ?? this.#origin), options, factory);
  }
  pipeline() {
    return unsupported("pipeline()");
  }
  connect() {
    return unsupported("connect()");
  }
  upgrade() {
    return unsupported("upgrade()");
  }
}
export class Agent extends Dispatcher {
  constructor() {
    super();
  }
}
export class Client extends Dispatcher {}
export class Pool extends Dispatcher {}
export class BalancedPool extends Dispatcher {}
export class RetryAgent extends Agent {}
export class EnvHttpProxyAgent extends Agent {}
/** A proxy would be a way round the egress rules; making one is harmless, using it is not offered. */
export class ProxyAgent extends Agent {
  request() {
    return Promise.reject(
      new errors.NotSupportedError("A proxy is not available in a sandbox: requests go direct"),
    );
  }
}

let globalDispatcher;
export function setGlobalDispatcher(dispatcher) {
  globalDispatcher = dispatcher;
}
export function getGlobalDispatcher() {
  return globalDispatcher ??= new Agent();
}
let globalOrigin;
export function setGlobalOrigin(origin) {
  globalOrigin = origin === undefined ? undefined : new URL(origin);
}
export function getGlobalOrigin() {
  return globalOrigin;
}

const passOn = () => (dispatch) => dispatch;
export const interceptors = {
  cache: passOn,
  decompress: passOn,
  dns: passOn,
  dump: passOn,
  redirect: ({ maxRedirections = 0 } = {}) =>
    Object.assign((dispatch) => dispatch, { [FOLLOWS]: maxRedirections > 0 }),
  responseError: passOn,
  retry: passOn,
};
export const pipeline = () => unsupported("pipeline()");
export const connect = () => unsupported("connect()");
export const upgrade = () => unsupported("upgrade()");
export class MockAgent {
  constructor() {
    unsupported("MockAgent");
  }
}
export function install() {
  // The sandbox's own globals are already the ones to use.
}

export default {
  Agent,
  BalancedPool,
  Client,
  Dispatcher,
  EnvHttpProxyAgent,
  EventSource,
  FormData,
  Headers,
  Pool,
  ProxyAgent,
  Request,
  Response,
  RetryAgent,
  WebSocket,
  connect,
  errors,
  fetch,
  getGlobalDispatcher,
  getGlobalOrigin,
  interceptors,
  pipeline,
  request,
  setGlobalDispatcher,
  setGlobalOrigin,
  stream,
  upgrade,
};
