import { typedArrayByteLength, typedArraySet, Uint8ArrayCtor } from "./primordials.ts";

/** A new array with the bytes of all `parts`, in order. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (let index = 0; index < parts.length; index++) length += typedArrayByteLength(parts[index]!);
  const joined = new Uint8ArrayCtor(length);
  let offset = 0;
  for (let index = 0; index < parts.length; index++) {
    typedArraySet(joined, parts[index]!, offset);
    offset += typedArrayByteLength(parts[index]!);
  }
  return joined;
}
