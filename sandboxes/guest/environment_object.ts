/**
 * An object that turns what is assigned to it into strings, as Node's `process.env` does. `onRead` is
 * told of every name that is asked for, whether there is a value or not.
 */
export function environmentObject(
  values: Map<string, string>,
  onRead: (name: string) => void = () => {},
): Record<string, string | undefined> {
  return new Proxy<Record<string, string | undefined>>({}, {
    get(_target, name) {
      if (typeof name !== "string") return undefined;
      onRead(name);
      return values.get(name);
    },
    set(_target, name, value) {
      if (typeof name === "string") values.set(name, String(value));
      return true;
    },
    has(_target, name) {
      if (typeof name !== "string") return false;
      onRead(name);
      return values.has(name);
    },
    deleteProperty(_target, name) {
      if (typeof name === "string") values.delete(name);
      return true;
    },
    ownKeys: () => [...values.keys()],
    getOwnPropertyDescriptor(_target, name) {
      const value = typeof name === "string" ? values.get(name) : undefined;
      if (value === undefined) return undefined;
      return { value, writable: true, enumerable: true, configurable: true };
    },
    defineProperty(_target, name, { value }) {
      if (typeof name === "string") values.set(name, String(value));
      return true;
    },
  });
}
