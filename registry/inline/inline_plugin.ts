import { AirlockError } from "../../spec/errors.ts";

/** A plug-in as it is brought, and what must not come with it. */
export interface BroughtPlugin {
  /** Name → base64. */
  readonly modules: Readonly<Record<string, string>>;
  /** Name of the main module. */
  readonly entry: string;
  readonly files: object;
  readonly dependencies: object;
}

/** Bounds on the modules of one plug-in. */
export const INLINE_PLUGIN_LIMITS = {
  modules: 16,
  /** Of all modules together, decoded. */
  bytes: 16 * 1024 * 1024,
} as const;

/** Plain names beside one another: what reads them finds them there. */
const MODULE = /^[A-Za-z0-9_][\w.-]{0,99}\.wasm$/;
const WASM_MAGIC = [0, 0x61, 0x73, 0x6d];

/**
 * Lets a plug-in through that is within its bounds. Whether its modules link is found out when it is
 * prepared.
 * @throws {AirlockError} `invalid_input` or `payload_too_large`, naming what is wrong.
 */
export function checkInlinePlugin(
  { modules, entry, files, dependencies }: BroughtPlugin,
): void {
  const entries = Object.entries(modules);
  if (Object.keys(files).length > 0 || Object.keys(dependencies).length > 0) {
    throw wrong(
      "a plug-in has modules only",
      "Bring files and dependencies as a tool of their own",
    );
  }
  if (entries.length === 0 || entries.length > INLINE_PLUGIN_LIMITS.modules) {
    throw wrong(`1 to ${INLINE_PLUGIN_LIMITS.modules} modules are allowed`);
  }
  if (!Object.hasOwn(modules, entry)) {
    throw wrong("entry is none of its modules", "Name the main module as entry");
  }
  let bytes = 0;
  for (const [name, text] of entries) {
    if (!MODULE.test(name)) throw wrong("the name of a module is not allowed", "Name it x.wasm");
    const module = moduleBytes(text);
    if (!WASM_MAGIC.every((byte, index) => module[index] === byte)) {
      throw wrong(`${name} is no WebAssembly module`, "Send the bytes of a .wasm file as base64");
    }
    bytes += module.length;
  }
  if (bytes <= INLINE_PLUGIN_LIMITS.bytes) return;
  throw new AirlockError(
    "payload_too_large",
    `check plug-in: more than ${INLINE_PLUGIN_LIMITS.bytes} bytes of modules`,
    { stage: "request", details: { maxBytes: INLINE_PLUGIN_LIMITS.bytes } },
  );
}

/**
 * The bytes of a module.
 * @throws {AirlockError} `invalid_input` for what is no base64.
 */
export function moduleBytes(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw wrong("a module is no base64", "Encode the bytes of a .wasm file as base64", cause);
  }
}

function wrong(
  state: string,
  suggestion = "See /docs for what a plug-in may consist of",
  cause?: unknown,
): AirlockError {
  return new AirlockError("invalid_input", `check plug-in: ${state}`, {
    ...{ stage: "request", suggestion, cause },
  });
}
