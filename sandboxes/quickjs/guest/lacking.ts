const { lacking } = airlockBridge;

/** Globals that packages mention and rarely use; engines of browsers and of Deno have them. */
const CLASSES = [
  ...["Worker", "SharedWorker", "WebSocket", "EventSource"],
  ...["CompressionStream", "DecompressionStream"],
] as const;
const WEB_ASSEMBLY = {
  classes: ["Module", "Instance", "Memory", "Table", "Global", "Tag", "Exception"],
  functions: ["compile", "compileStreaming", "instantiate", "instantiateStreaming", "validate"],
} as const;

/**
 * Says that code uses something that is not here: the call ends with that, and may be made again
 * elsewhere. While a module is loaded it may catch the error.
 */
export function refuseLacking(what: string): never {
  lacking(what);
  throw Object.assign(
    new Error(`Using ${what}: a QuickJS sandbox has not got it; ask for runtime deno`),
    { name: "NotInQuickjs", code: "ERR_NOT_IN_QUICKJS" },
  );
}

/** What stands where something is missing: looks as if it were there until it is used. */
export function lackingGlobals(): Readonly<Record<string, unknown>> {
  const members = [...WEB_ASSEMBLY.classes, ...WEB_ASSEMBLY.functions].map((name) =>
    [name, stub(name, `WebAssembly ${name}`)] as const
  );
  return {
    ...Object.fromEntries(CLASSES.map((name) => [name, stub(name, name)])),
    WebAssembly: Object.fromEntries(members),
  };
}

/** A function that refuses the call. */
export function stub(name: string, what: string): () => never {
  // A function that can be called, constructed and extended.
  const refuse = function (): never {
    return refuseLacking(what);
  };
  return Object.defineProperty(refuse, "name", { value: name, configurable: true });
}
