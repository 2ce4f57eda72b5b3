import type { SourceKind } from "../../spec/tool.ts";
import { distinctName, type NamedTool, wantedName } from "./wanted_name.ts";

/** A tool with the name it is called by. */
export interface AssignedName {
  readonly key: string;
  readonly name: string;
  /** What it would be called if another tool were not; `null` where it is called so. */
  readonly wanted: string | null;
}

/** Which source's tool is called as it wants where several want the same: what runs here first. */
const RANKS: readonly SourceKind[] = ["npm", "esm", "wasm", "inline", "http", "mcp", "bridge"];

/** Digits that tell apart what wants the same name; more where somebody has made them meet. */
const DIGITS = [8, 16, 32] as const;

/**
 * Names for tools that have none yet. Names that are `taken`, by whatever has ever had them, are not
 * given again.
 */
export function assignNames(
  tools: readonly NamedTool[],
  taken: Iterable<string>,
): readonly AssignedName[] {
  const used = new Set(taken);
  const ranked = [...tools].sort((one, other) => rankOf(one) - rankOf(other));
  return ranked.flatMap((tool) => {
    const wanted = wantedName(tool);
    const names = [wanted, ...DIGITS.map((digits) => distinctName(tool, digits))];
    const name = names.find((one) => one !== undefined && !used.has(one));
    // Somebody would have to find another text with the same 128 bits.
    if (name === undefined) return [];
    used.add(name);
    return [{ key: tool.key, name, wanted: wanted === name ? null : wanted ?? null }];
  });
}

function rankOf({ kind }: NamedTool): number {
  return RANKS.indexOf(kind);
}
