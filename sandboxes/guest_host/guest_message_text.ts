import {
  ArrayPrototype,
  jsonStringify,
  ObjectPrototype,
  reflectGetOwnPropertyDescriptor,
  reflectGetPrototypeOf,
} from "../guest/primordials.ts";
import { writeValue } from "../guest/write_value.ts";
import type { GuestMessage } from "../protocol/messages.ts";

/**
 * The JSON text of a message. A `toJSON` that a tool planted on a built-in prototype would be handed
 * every message and could put another in its place, so where there is one the engine's own writer
 * is not used.
 */
export function messageText(message: GuestMessage): string {
  return canBend() ? writeValue(message, Infinity) : jsonStringify(message);
}

/** Looks at descriptors, never at the property: a getter could answer differently each time. */
function canBend(): boolean {
  return reflectGetOwnPropertyDescriptor(ObjectPrototype, "toJSON") !== undefined ||
    reflectGetOwnPropertyDescriptor(ArrayPrototype, "toJSON") !== undefined ||
    reflectGetPrototypeOf(ArrayPrototype) !== ObjectPrototype;
}
