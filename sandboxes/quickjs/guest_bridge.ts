import type { JSValueHandle, QuickJS } from "quickjs-wasi";
import type { AskKind, Outcome } from "./guest/host_bridge.ts";
import { IntlAnswers } from "./guest_intl.ts";
import { decodeText } from "./guest_decode.ts";
import { deriveKey } from "./guest_derive.ts";
import { computeHash } from "./guest_hash.ts";

/** What comes out of an instance. Called while its code runs: none of these may touch it. */
export interface InstanceEvents {
  log(level: string, message: string): void;
  chunk(jsonText: string): void;
  wake(delayMs: number): void;
  ask(kind: AskKind, details: { id: number; json: string; bytes: Uint8Array<ArrayBuffer> }): void;
  lacking(what: string): void;
  settle(outcome: Outcome, json: string): void;
}

type BridgeFunction = (...args: JSValueHandle[]) => JSValueHandle;
type Bridge = Readonly<Record<string, BridgeFunction>>;

const MAX_RANDOM_BYTES = 65_536;

/**
 * The functions of the instance's bridge. Arguments come from code that cannot be trusted, even if
 * the prelude sends them: what is of the wrong type becomes something harmless, and nothing here
 * converts an object, which would run its code.
 */
export function bridgeFunctions(vm: QuickJS, events: InstanceEvents): Bridge {
  const intl = new IntlAnswers();
  const functions: Bridge = {
    log(level, message) {
      events.log(textOf(level), textOf(message));
      return vm.undefined;
    },
    now: () => vm.newNumber(performance.now()),
    wake(delayMs) {
      events.wake(numberOf(delayMs));
      return vm.undefined;
    },
    random(length) {
      const wanted = Math.min(Math.max(0, Math.trunc(numberOf(length)) || 0), MAX_RANDOM_BYTES);
      return vm.newUint8Array(crypto.getRandomValues(new Uint8Array(wanted)));
    },
    ask(kind, id, json, bytes) {
      events.ask(textOf(kind) as AskKind, {
        id: numberOf(id),
        json: textOf(json),
        bytes: bytesOf(bytes),
      });
      return vm.undefined;
    },
    hash(algorithm, key, isKeyed, bytes) {
      const hashed = computeHash(textOf(algorithm), {
        key: isKeyed?.isBool && isKeyed.toString() === "true" ? bytesOf(key) : null,
        bytes: bytesOf(bytes),
      });
      return hashed === null ? vm.undefined : vm.newUint8Array(hashed);
    },
    intl: (question) => vm.newString(intl.answer(textOf(question))),
    compare: (key, text, other) =>
      vm.newNumber(intl.compare(textOf(key), textOf(text), textOf(other))),
    decode(label, how, bytes) {
      const text = decodeText(textOf(label), { how: textOf(how), bytes: bytesOf(bytes) });
      return text === null ? vm.undefined : vm.newString(text);
    },
    derive(json, secret, salt, info) {
      const key = deriveKey(textOf(json), {
        secret: bytesOf(secret),
        salt: bytesOf(salt),
        info: bytesOf(info),
      });
      return key === null ? vm.undefined : vm.newUint8Array(key);
    },
    lacking(what) {
      events.lacking(textOf(what));
      return vm.undefined;
    },
    settle(outcome, json) {
      events.settle(textOf(outcome) === "result" ? "result" : "failed", textOf(json));
      return vm.undefined;
    },
    chunk(jsonText) {
      events.chunk(textOf(jsonText));
      return vm.undefined;
    },
  };
  return Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [name, guarded(run)]),
  );
}

/** Thrown as text: the engine would copy the stack of an error into the instance. */
function guarded(run: BridgeFunction): BridgeFunction {
  return (...args) => {
    try {
      return run(...args);
    } catch (error) {
      throw error instanceof Error ? error.message : "the host could not do it";
    }
  };
}

/** The names under which a restored instance looks for its bridge. */
export function bridgeName(name: string): string {
  return `airlock:${name}`;
}

function textOf(handle: JSValueHandle | undefined): string {
  return handle?.isString ? handle.toString() : "";
}

function numberOf(handle: JSValueHandle | undefined): number {
  return handle?.isNumber ? handle.toNumber() : 0;
}

function bytesOf(handle: JSValueHandle | undefined): Uint8Array<ArrayBuffer> {
  if (!handle?.isObject) return new Uint8Array(0);
  return new Uint8Array(handle.toUint8Array());
}
