/**
 * Takes from call sites what V8 keeps to itself, too: the functions on the stack, of strict code and of
 * the prelude, which a tool could otherwise call. To be called before any tool code is there.
 */
export function hideFunctions(): void {
  let first: unknown;
  const before: unknown = Reflect.get(Error, "prepareStackTrace");
  Reflect.set(Error, "prepareStackTrace", (_: unknown, sites: readonly unknown[]) => {
    first = sites[0];
    return "";
  });
  // Read as well, for an engine that makes its stacks only when they are asked for.
  void new Error("only to see its stack").stack;
  // Never deleted: it belongs to the engine, and packages set it.
  Reflect.set(Error, "prepareStackTrace", before);
  // Without call sites there is nothing to hide.
  if (typeof first !== "object" || first === null) return;
  const prototype: object | null = Reflect.getPrototypeOf(first);
  if (prototype === null) throw new TypeError("call sites have no prototype");
  for (const name of ["getFunction", "getThis"]) {
    if (!Reflect.has(prototype, name)) continue;
    const value = { [name]: () => undefined }[name];
    Reflect.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}
