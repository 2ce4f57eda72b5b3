import { attacksWith, ENDLESS } from "./attack.ts";

const threw = { codes: ["tool_error"] } as const;

/** Things that are not what they seem to be when they are awaited. */
export const THENABLES = attacksWith({ contained: {} }, [
  {
    name: "then that answers",
    source: `export const attack = () => ({ then(resolve) { resolve(1); } });`,
    contained: { output: 1 },
  },
  {
    name: "then that answers twice",
    source: `export const attack = () => ({ then(resolve) { resolve(1); resolve(2); } });`,
    contained: { output: 1 },
  },
  {
    name: "then that answers and refuses",
    source:
      `export const attack = () => ({ then(resolve, reject) { resolve(1); reject(2); throw 3; } });`,
    contained: { output: 1 },
  },
  {
    name: "then that never calls",
    source: `export const attack = () => ({ then() {} });`,
    limits: ENDLESS,
    contained: { codes: ["deadline_exceeded"] },
  },
  {
    name: "then that throws",
    source: `export const attack = () => ({ then() { throw new Error("no"); } });`,
    contained: threw,
  },
  {
    name: "then behind a getter that throws",
    source: `export const attack = () => ({ get then() { throw new Error("no"); } });`,
    contained: threw,
  },
  {
    name: "then that makes another",
    source: `export const attack = () => ({ then(resolve) { resolve(attack()); } });`,
    limits: ENDLESS,
    contained: { codes: ["deadline_exceeded", "resource_limit"] },
  },
  {
    name: "then inside a result",
    source: `export const attack = () => ({ inner: { then: 1 } });`,
    contained: { output: { inner: { then: 1 } } },
  },
  {
    name: "module that is a promise for something else",
    source: `export function then(resolve) { resolve(5); } export const attack = () => 1;`,
    whileLoading: true,
    contained: threw,
  },
]);

/** Things thrown to break whoever looks at them. */
export const HOSTILE_ERRORS = attacksWith({ contained: threw }, [
  { name: "null", source: "export function attack() { throw null; }" },
  { name: "undefined", source: "export function attack() { throw undefined; }" },
  { name: "a symbol", source: `export function attack() { throw Symbol("s"); }` },
  { name: "a function", source: "export function attack() { throw () => {}; }" },
  {
    name: "getters that throw",
    source: `export function attack() {
      throw {
        get name() { throw 1; }, get message() { throw 2; }, get stack() { throw 3; },
        get cause() { throw 4; }, get issues() { throw 5; }, get errors() { throw 6; },
      };
    }`,
  },
  {
    name: "a proxy that refuses",
    source: `export function attack() {
      const no = () => { throw new Error("no"); };
      throw new Proxy({}, new Proxy({}, { get: () => no }));
    }`,
  },
  {
    name: "a revoked proxy",
    source: `export function attack() {
      const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy;
    }`,
  },
  {
    name: "a huge message",
    source: `export function attack() { throw new Error("m".repeat(2 ** 24)); }`,
  },
  {
    name: "a huge message that escapes",
    source: `export function attack() {
      const error = new Error("\\u0000".repeat(2 ** 20));
      error.name = "\\u0000".repeat(2 ** 20);
      throw error;
    }`,
    limits: { outputBytes: 1024 },
  },
  {
    name: "a message that never comes",
    source: `export function attack() { throw { get message() { for (;;); } }; }`,
    limits: ENDLESS,
    contained: { codes: ["deadline_exceeded"] },
  },
  {
    name: "an aggregate of itself",
    source: `export function attack() {
      const error = new AggregateError([], "a"); error.errors.push(error); error.cause = error;
      throw error;
    }`,
  },
  {
    name: "a list of parts without end",
    source: `export function attack() {
      throw { errors: new Proxy([], { get: (t, key) => key === "length" ? 2 ** 53 : { message: "p" } }) };
    }`,
  },
  {
    name: "prepareStackTrace that throws",
    source: `export function attack() {
      Error.prepareStackTrace = () => { throw new Error("again"); };
      null.x;
    }`,
  },
  {
    name: "prepareStackTrace that looks around",
    source: `export function attack() {
      const seen = [];
      Error.prepareStackTrace = (error, sites) => {
        for (const site of sites) {
          for (const look of ["getThis", "getFunction"]) {
            const found = site[look]?.();
            const isOwn = found === undefined || found === attack || found === globalThis;
            if (!isOwn) seen.push(look + ": " + String(found).slice(0, 40));
          }
        }
        return seen.join("; ") || "nothing";
      };
      const { stack } = new Error("x");
      if (stack !== "nothing") return stack;
      throw "nothing";
    }`,
  },
  {
    name: "instanceof that lies",
    source: `export function attack() {
      for (const type of [Error, TypeError, Object, Function, Promise]) {
        Object.defineProperty(type, Symbol.hasInstance, { value: () => true });
      }
      throw { name: "OutputTooLargeError", limitBytes: -1, available: ["x"], issues: [{}] };
    }`,
  },
  {
    name: "an error that poses as ours",
    source: `export function attack() {
      const error = new Error("limit"); error.code = "resource_limit"; error.name = "AirlockError";
      error.kind = "output-too-large"; throw error;
    }`,
  },
  {
    name: "Error and String replaced",
    source: `export function attack() {
      globalThis.Error = globalThis.String = globalThis.TypeError = function () { throw 1; };
      String.prototype.slice = () => { throw 2; };
      throw { message: "m".repeat(1e5) };
    }`,
  },
]);
