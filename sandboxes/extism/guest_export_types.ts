import type { ByteCursor } from "./guest_byte_cursor.ts";
import { SECTION, type Section } from "./guest_sections.ts";

/** An exported function, and whether it can be called the way Extism calls: without arguments. */
export interface ExportedFunction {
  readonly name: string;
  /** No parameters, and no result or one `i32`. */
  readonly isCallable: boolean;
}

const I32 = 0x7f;
const FUNCTION_TYPE = 0x60;

/**
 * The functions that a module exports, with what JavaScript cannot see of them: their types. Types
 * beyond plain function types count as not callable.
 */
export function readExportedFunctions(
  sections: readonly Section[],
  importedFunctions: number,
): ExportedFunction[] {
  const find = (id: number) => sections.find((section) => section.id === id)?.cursor();
  const callableTypes = readCallableTypes(find(SECTION.type));
  const typeOf = readFunctionTypes(find(SECTION.function));
  const cursor = find(SECTION.export);
  if (cursor === undefined) return [];
  const found: ExportedFunction[] = [];
  for (let left = cursor.u32(); left > 0; left--) {
    const name = cursor.name();
    const isFunction = cursor.byte() === 0;
    const index = cursor.u32();
    if (!isFunction) continue;
    const type = index >= importedFunctions ? typeOf[index - importedFunctions] : undefined;
    found.push({ name, isCallable: type !== undefined && callableTypes[type] === true });
  }
  return found;
}

/** For each type index whether it is `() -> ()` or `() -> i32`; stops at the first unusual type. */
function readCallableTypes(cursor: ByteCursor | undefined): boolean[] {
  const callable: boolean[] = [];
  if (cursor === undefined) return callable;
  for (let left = cursor.u32(); left > 0; left--) {
    if (cursor.byte() !== FUNCTION_TYPE) return callable;
    const parameters = readValueTypes(cursor);
    const results = readValueTypes(cursor);
    callable.push(
      parameters.length === 0 &&
        (results.length === 0 || (results.length === 1 && results[0] === I32)),
    );
  }
  return callable;
}

function readValueTypes(cursor: ByteCursor): number[] {
  const types: number[] = [];
  for (let left = cursor.u32(); left > 0; left--) {
    const type = cursor.byte();
    types.push(type);
    // References to a type carry a heap type of one signed number.
    if (type === 0x63 || type === 0x64) { while (cursor.byte() >= 0x80); }
  }
  return types;
}

function readFunctionTypes(cursor: ByteCursor | undefined): number[] {
  const types: number[] = [];
  if (cursor === undefined) return types;
  for (let left = cursor.u32(); left > 0; left--) types.push(cursor.u32());
  return types;
}
