// style-ok jsdoc: each export is the function of node:timers that its name says.
export const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
export const setImmediate: unknown = Reflect.get(globalThis, "setImmediate");
export const clearImmediate: unknown = Reflect.get(globalThis, "clearImmediate");
export default {
  clearImmediate,
  clearInterval,
  clearTimeout,
  setImmediate,
  setInterval,
  setTimeout,
};
