import { type ByteCursor, leb128 } from "./guest_byte_cursor.ts";
import { MODULE_LIMITS, PAGE_BYTES } from "./guest_module_limits.ts";
import { refused } from "./guest_plugin_error.ts";
import { readSections, SECTION, type Section } from "./guest_sections.ts";

/** Bits of the byte that begins limits: core specification §5.3.8 and its extensions. */
const HAS_MAXIMUM = 1;
const SHARED = 2;
const MEMORY64 = 4;
const CUSTOM_PAGE = 8;

/** What a module imports. */
export interface ModuleImport {
  readonly module: string;
  readonly name: string;
  readonly kind: "function" | "table" | "memory" | "global" | "tag";
  /** Pages that an imported memory has at first. */
  readonly initialPages?: number;
}

/** A module whose memory and tables cannot grow beyond their bounds. */
export interface BoundModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly imports: readonly ModuleImport[];
  readonly sections: readonly Section[];
}

/**
 * Rewrites a module so that its linear memory can never have more than `memoryBytes` and none of its
 * tables more than {@linkcode MODULE_LIMITS} says: the declared maximum, or its absence, is
 * replaced in the memory, table and import sections. The engine then holds the module to it.
 *
 * @throws {PluginError} `PluginRefused` for what could not be bounded: several, shared or 64-bit
 * memories, more memory or table entries at the start than allowed, and for malformed modules.
 */
export function boundModule(
  bytes: Uint8Array<ArrayBuffer>,
  { what, memoryBytes }: { readonly what: string; readonly memoryBytes: number },
): BoundModule {
  const bounds = new Bounds(what, Math.floor(memoryBytes / PAGE_BYTES));
  const sections = readSections(bytes, what);
  let imports: readonly ModuleImport[] = [];
  const pieces: Uint8Array<ArrayBuffer>[] = [bytes.subarray(0, 8)];
  for (const section of sections) {
    let content = section.bytes;
    if (section.id === SECTION.import) {
      const rewritten = rewriteImports(section.cursor(), { bytes, bounds });
      imports = rewritten.imports;
      content = rewritten.content;
    } else if (section.id === SECTION.table) {
      content = rewriteEntries(section.cursor(), (cursor) => bounds.table(cursor));
    } else if (section.id === SECTION.memory) {
      content = rewriteEntries(section.cursor(), (cursor) => bounds.memory(cursor).bytes);
    }
    pieces.push(new Uint8Array([section.id, ...leb128(content.length)]), content);
  }
  return { bytes: join(pieces), imports, sections };
}

/** Replaces limits, and counts what they add up to. */
class Bounds {
  readonly #what: string;
  readonly #maxPages: number;
  #memories = 0;
  #tables = 0;

  constructor(what: string, maxPages: number) {
    this.#what = what;
    this.#maxPages = maxPages;
  }

  memory(cursor: ByteCursor): { bytes: number[]; initialPages: number } {
    const { initial, maximum } = this.#limits(cursor, "memory");
    if (++this.#memories > 1) throw refused(this.#what, "it has more than one memory");
    const most = this.#maxPages;
    if (initial > most) {
      throw refused(
        this.#what,
        `it begins with ${initial * PAGE_BYTES} bytes of memory, ${most * PAGE_BYTES} allowed: ` +
          "ask for a higher limits.memoryBytes",
      );
    }
    return { bytes: limitBytes(initial, Math.min(maximum ?? most, most)), initialPages: initial };
  }

  table(cursor: ByteCursor): number[] {
    const type = cursor.byte();
    // 0x40 0x00 begins a table with an initial value, which then follows its type.
    if (type === 0x40) throw refused(this.#what, "a table has an initialiser");
    const heapType = type === 0x63 || type === 0x64 ? heapTypeBytes(cursor) : [];
    const { initial, maximum } = this.#limits(cursor, "table");
    if (++this.#tables > MODULE_LIMITS.tables) {
      throw refused(this.#what, `it has more than ${MODULE_LIMITS.tables} tables`);
    }
    const most = MODULE_LIMITS.tableEntries;
    if (initial > most) {
      throw refused(this.#what, `a table begins with ${initial} entries, ${most} allowed`);
    }
    const grown = Math.max(initial, MODULE_LIMITS.grownTableEntries);
    return [type, ...heapType, ...limitBytes(initial, Math.min(maximum ?? grown, grown))];
  }

  #limits(cursor: ByteCursor, of: string): { initial: number; maximum: number | undefined } {
    const flags = cursor.byte();
    if (flags & SHARED) throw refused(this.#what, `its ${of} is shared between threads`);
    if (flags & MEMORY64) throw refused(this.#what, `its ${of} has 64-bit addresses`);
    if (flags & CUSTOM_PAGE) throw refused(this.#what, `its ${of} has pages of an unusual size`);
    if (flags > HAS_MAXIMUM) throw cursor.malformed(`its ${of} has unknown flags`);
    return {
      initial: cursor.u32(),
      maximum: flags & HAS_MAXIMUM ? cursor.u32() : undefined,
    };
  }
}

function limitBytes(initial: number, maximum: number): number[] {
  return [HAS_MAXIMUM, ...leb128(initial), ...leb128(maximum)];
}

/** A heap type is one signed number: the bytes up to the first without the top bit. */
function heapTypeBytes(cursor: ByteCursor): number[] {
  const bytes: number[] = [];
  for (;;) {
    const byte = cursor.byte();
    bytes.push(byte);
    if (byte < 0x80) return bytes;
    if (bytes.length > 5) throw cursor.malformed("a heap type is too long");
  }
}

function rewriteEntries(
  cursor: ByteCursor,
  rewrite: (cursor: ByteCursor) => number[],
): Uint8Array<ArrayBuffer> {
  const count = cursor.u32();
  const out = leb128(count);
  for (let i = 0; i < count; i++) out.push(...rewrite(cursor));
  if (!cursor.isAtEnd) throw cursor.malformed("a section is longer than its entries");
  return new Uint8Array(out);
}

const KINDS = ["function", "table", "memory", "global", "tag"] as const;

function rewriteImports(
  cursor: ByteCursor,
  { bytes, bounds }: { readonly bytes: Uint8Array<ArrayBuffer>; readonly bounds: Bounds },
): { imports: ModuleImport[]; content: Uint8Array<ArrayBuffer> } {
  const count = cursor.u32();
  const imports: ModuleImport[] = [];
  const pieces: Uint8Array<ArrayBuffer>[] = [new Uint8Array(leb128(count))];
  for (let i = 0; i < count; i++) {
    const start = cursor.at;
    const module = cursor.name();
    const name = cursor.name();
    const kind = KINDS[cursor.byte()];
    if (kind === undefined) throw cursor.malformed("an import is of an unknown kind");
    if (kind === "memory" || kind === "table") {
      pieces.push(bytes.subarray(start, cursor.at));
      const memory = kind === "memory" ? bounds.memory(cursor) : null;
      pieces.push(new Uint8Array(memory?.bytes ?? bounds.table(cursor)));
      imports.push({ module, name, kind, initialPages: memory?.initialPages });
      continue;
    }
    skipImportType(cursor, kind);
    pieces.push(bytes.subarray(start, cursor.at));
    imports.push({ module, name, kind });
  }
  if (!cursor.isAtEnd) throw cursor.malformed("a section is longer than its entries");
  return { imports, content: join(pieces) };
}

function skipImportType(cursor: ByteCursor, kind: "function" | "global" | "tag"): void {
  if (kind === "tag") cursor.byte();
  if (kind !== "global") return void cursor.u32();
  const type = cursor.byte();
  if (type === 0x63 || type === 0x64) heapTypeBytes(cursor);
  cursor.byte();
}

function join(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
