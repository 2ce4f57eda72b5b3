import { MEMORY_IMPORT } from "../protocol/memory_import.ts";

const HEADER_BYTES = 8;
const SECTIONS = { import: 2, memory: 5 } as const;
const MEMORY_KIND = 2;

/**
 * The same WebAssembly module, but with its one memory imported as {@linkcode MEMORY_IMPORT} in place
 * of its own: whoever makes an instance can then give it a memory that is there already. Imported
 * memories come first in their index space, so nothing else of the module changes.
 * @throws {Error} for a module that has no import section, or not one memory of its own.
 */
export function importMemory(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [module.subarray(0, HEADER_BYTES)];
  const sections = sectionsOf(module);
  const memory = sections.find(({ id }) => id === SECTIONS.memory);
  if (memory === undefined || memory.body[0] !== 1) {
    throw new Error("Importing the memory: the module has not one of its own");
  }
  if (!sections.some(({ id }) => id === SECTIONS.import)) {
    throw new Error("Importing the memory: the module imports nothing");
  }
  for (const { id, body } of sections) {
    if (id === SECTIONS.memory) continue;
    parts.push(section(id, id === SECTIONS.import ? withMemory(body, memory.body) : body));
  }
  return joined(parts);
}

interface Section {
  readonly id: number;
  readonly body: Uint8Array;
}

function sectionsOf(module: Uint8Array): Section[] {
  const found: Section[] = [];
  for (let at = HEADER_BYTES; at < module.byteLength;) {
    const { value: bytes, next } = readUnsigned(module, at + 1);
    found.push({ id: module[at]!, body: module.subarray(next, next + bytes) });
    at = next + bytes;
  }
  return found;
}

/** The import section with one more entry, whose limits are those of the memory section. */
function withMemory(imports: Uint8Array, memories: Uint8Array): Uint8Array {
  const { value: count, next } = readUnsigned(imports, 0);
  return joined([
    unsigned(count + 1),
    imports.subarray(next),
    text(MEMORY_IMPORT.module),
    text(MEMORY_IMPORT.name),
    Uint8Array.of(MEMORY_KIND),
    memories.subarray(1),
  ]);
}

function section(id: number, body: Uint8Array): Uint8Array {
  return joined([Uint8Array.of(id), unsigned(body.byteLength), body]);
}

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return joined([unsigned(bytes.byteLength), bytes]);
}

/** LEB128, as the format writes its numbers. */
function unsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return Uint8Array.from(bytes);
}

function readUnsigned(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let next = at, shift = 0;; shift += 7) {
    const byte = bytes[next++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value: value >>> 0, next };
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
