import { ByteCursor } from "./guest_byte_cursor.ts";
import { MODULE_LIMITS } from "./guest_module_limits.ts";
import { refused } from "./guest_plugin_error.ts";

/** One section of a module. */
export interface Section {
  readonly id: number;
  /** Content without id and size. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly cursor: () => ByteCursor;
}

/** Section ids of the core specification, §5.5.2. */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** How many entries each kind of section may announce. */
const COUNT_LIMITS: Readonly<Record<number, number>> = {
  [SECTION.type]: MODULE_LIMITS.types,
  [SECTION.import]: MODULE_LIMITS.imports,
  [SECTION.function]: MODULE_LIMITS.functions,
  [SECTION.table]: MODULE_LIMITS.tables,
  [SECTION.global]: MODULE_LIMITS.globals,
  [SECTION.export]: MODULE_LIMITS.exports,
  [SECTION.element]: MODULE_LIMITS.elementSegments,
  [SECTION.code]: MODULE_LIMITS.functions,
  [SECTION.data]: MODULE_LIMITS.dataSegments,
};

/**
 * Splits a module into its sections, custom ones left out, and holds the number of entries of each
 * to its bound. Order and content are the engine's to judge when it compiles what comes out.
 *
 * @throws {PluginError} `PluginRefused`.
 */
export function readSections(bytes: Uint8Array<ArrayBuffer>, what: string): Section[] {
  const cursor = new ByteCursor(bytes, { what });
  const magic = bytes.length >= 8 ? cursor.take(8) : bytes;
  if (MAGIC.some((byte, index) => magic[index] !== byte)) {
    throw refused(
      what,
      magic[0] === 0 && magic[6] === 1
        ? "it is a component, not a core module: build it for wasm32-wasip1 or wasm32-unknown-unknown"
        : "it is no WebAssembly module of version 1",
    );
  }
  const sections: Section[] = [];
  const seen = new Set<number>();
  let custom = 0;
  while (!cursor.isAtEnd) {
    const id = cursor.byte();
    const size = cursor.u32();
    cursor.take(size);
    if (id === SECTION.custom) {
      if (++custom > MODULE_LIMITS.customSections) throw refused(what, "too many custom sections");
      continue;
    }
    if (id > SECTION.tag) throw refused(what, `a section has the unknown id ${id}`);
    if (seen.has(id)) throw refused(what, `the section with id ${id} stands twice`);
    seen.add(id);
    sections.push(sectionAt({ id, bytes, what, at: cursor.at - size, end: cursor.at }));
  }
  return sections;
}

interface SectionPlace {
  readonly id: number;
  /** The whole module. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly what: string;
  readonly at: number;
  readonly end: number;
}

function sectionAt({ id, bytes, what, at, end }: SectionPlace): Section {
  const cursor = () => new ByteCursor(bytes, { what, at, end });
  const most = COUNT_LIMITS[id];
  const count = most === undefined ? 0 : cursor().u32();
  if (most !== undefined && count > most) {
    throw refused(what, `${count} entries in the section with id ${id}, ${most} allowed`);
  }
  return { id, bytes: bytes.subarray(at, end), cursor };
}
