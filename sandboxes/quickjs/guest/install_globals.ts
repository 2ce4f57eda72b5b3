/**
 * The globals that npm code expects and the engine has not. Evaluated before everything that captures
 * them; the parts that other guests share capture theirs when they are loaded.
 */
import {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
} from "web-streams-polyfill";
import { createIntl } from "./intl/create_intl.ts";
import { installLocaleMethods } from "./intl/install_locale_methods.ts";
import { lackingGlobals } from "./lacking.ts";
import { instanceNow, timers } from "./instance_clock.ts";
import { GuestAbortController, GuestAbortSignal } from "./web/abort.ts";
import { GuestBlob, GuestFile } from "./web/blob.ts";
import { createConsole } from "./web/console.ts";
import { GuestCustomEvent, GuestEvent, GuestEventTarget } from "./web/events.ts";
import { GuestFormData } from "./web/form_data.ts";
import { createPerformance } from "./web/performance.ts";
import { GuestRequest } from "./web/request.ts";
import { GuestResponse } from "./web/response.ts";
import { cloneWith } from "./web/structured_clone.ts";
import { GuestTextDecoder } from "./web/text_decoder.ts";
import { GuestTextDecoderStream, GuestTextEncoderStream } from "./web/text_streams.ts";
import { GuestUrl, GuestUrlSearchParams } from "./web/url.ts";

const { log } = airlockBridge;

function start(repeats: boolean) {
  return (callback: unknown, delay?: unknown, ...args: unknown[]): object => {
    if (typeof callback !== "function") throw new TypeError("The callback must be a function");
    const id = timers.add(() => Reflect.apply(callback, undefined, args), delay, { repeats });
    return new TimerHandle(id);
  };
}

/** Node's timers are objects, and numbers where a number is wanted. */
class TimerHandle {
  readonly #id: number;

  constructor(id: number) {
    this.#id = id;
  }

  [Symbol.toPrimitive](): number {
    return this.#id;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  close(): this {
    timers.remove(this.#id);
    return this;
  }
}

/** `util.promisify(setTimeout)` of Node waits for the delay, and so does that of `setImmediate`. */
const PROMISIFIED = Symbol.for("nodejs.util.promisify.custom");
const wait = (delay: unknown, value: unknown) =>
  new Promise((resolve) => startOnce(() => resolve(value), delay));

const stop = (timer: unknown) => timers.remove(timer);
const startOnce = start(false);

install({
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
  TransformStream,
  TransformStreamDefaultController,
  TextDecoder: GuestTextDecoder,
  TextDecoderStream: GuestTextDecoderStream,
  TextEncoderStream: GuestTextEncoderStream,
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  Event: GuestEvent,
  CustomEvent: GuestCustomEvent,
  EventTarget: GuestEventTarget,
  AbortController: GuestAbortController,
  AbortSignal: GuestAbortSignal,
  Blob: GuestBlob,
  File: GuestFile,
  FormData: GuestFormData,
  URL: GuestUrl,
  URLSearchParams: GuestUrlSearchParams,
  Request: GuestRequest,
  Response: GuestResponse,
  console: createConsole(log),
  setTimeout: Object.assign(startOnce, { [PROMISIFIED]: wait }),
  setInterval: start(true),
  setImmediate: (callback: unknown, ...args: unknown[]) => startOnce(callback, 0, ...args),
  clearTimeout: stop,
  clearInterval: stop,
  clearImmediate: stop,
  performance: createPerformance(instanceNow),
  structuredClone: cloneWith(structuredClone),
  navigator: {
    userAgent: "Airlock",
    language: "en-US",
    languages: ["en-US"],
    hardwareConcurrency: 1,
  },
  ...lackingGlobals(),
  Intl: createIntl(),
  self: globalThis,
  global: globalThis,
  reportError: (error: unknown) => {
    throw error;
  },
});

// As in Deno, where it is there and of no use: code that looks finds the same in both.
Object.defineProperty(Object.prototype, "__proto__", {
  get: () => undefined,
  set(this: object, value: unknown) {
    const own = { value, writable: true, enumerable: true, configurable: true };
    if (Object(this) === this) Reflect.defineProperty(this, "__proto__", own);
  },
  configurable: true,
});
installLocaleMethods();
tag(Headers, "Headers");

function install(globals: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(globals)) {
    if (typeof value === "function" && name[0] === name[0]!.toUpperCase()) {
      // Known by the name of the standard: `error instanceof Event`, `value.constructor.name`.
      Object.defineProperty(value, "name", { value: name, configurable: true });
    }
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}

function tag(constructor: { readonly prototype: object }, name: string): void {
  Object.defineProperty(constructor.prototype, Symbol.toStringTag, {
    value: name,
    configurable: true,
  });
}
