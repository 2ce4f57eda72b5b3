type Clone = (value: unknown, options?: StructuredSerializeOptions) => unknown;

/** The engine's `structuredClone`, with `transfer` of buffers, and without what cannot be cloned. */
export function cloneWith(native: (value: unknown) => unknown): Clone {
  return function structuredClone(value, options) {
    if (arguments.length === 0) throw new TypeError("structuredClone: a value is needed");
    const buffers = [...options?.transfer ?? []];
    for (const buffer of buffers) {
      if (!(buffer instanceof ArrayBuffer) || buffer.detached) throw uncloneable("it to transfer");
    }
    if ([WeakMap, WeakSet, WeakRef].some((kind) => value instanceof kind)) {
      throw uncloneable("a weak collection");
    }
    if (value instanceof DOMException) return new DOMException(value.message, value.name);
    const clone = native(value);
    for (const buffer of buffers) if (buffer instanceof ArrayBuffer) buffer.transfer();
    return clone;
  };
}

function uncloneable(what: string): DOMException {
  return new DOMException(`structuredClone: ${what} cannot be cloned`, "DataCloneError");
}
