const TOKEN =
  /[ \t\n\r]*(?:([[\]{},:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?))/y;

/** Where text stops being JSON; lines and columns count from 1. */
export interface JsonFault {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

type Expecting = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma-or-end" | "end";

/** Finds the first token that cannot stand where it stands; `undefined` where `text` is JSON. */
export function locateJsonFault(text: string): JsonFault | undefined {
  const token = new RegExp(TOKEN);
  const open: ("{" | "[")[] = [];
  let expecting: Expecting = "value";
  while (true) {
    const from = token.lastIndex;
    const match = token.exec(text);
    if (match === null) {
      const rest = /[^ \t\n\r]/.exec(text.slice(from));
      if (rest === null && expecting === "end") return undefined;
      return at(text, rest === null ? text.length : from + rest.index);
    }
    const piece = match[1] ?? (match[2] === undefined ? "literal" : "string");
    const next = advance(expecting, piece, open);
    if (next === undefined) return at(text, token.lastIndex - match[0].trimStart().length);
    expecting = next;
  }
}

/** What may follow `piece`, or `undefined` where `piece` may not stand here. */
function advance(expecting: Expecting, piece: string, open: ("{" | "[")[]): Expecting | undefined {
  const after = () => open.length === 0 ? "end" : "comma-or-end";
  const inside = open.at(-1);
  if (piece === "}" || piece === "]") {
    const empty = piece === "}" ? "key-or-end" : "value-or-end";
    if (expecting !== empty && expecting !== "comma-or-end") return undefined;
    if (inside !== (piece === "}" ? "{" : "[")) return undefined;
    open.pop();
    return after();
  }
  if (piece === ",") {
    if (expecting !== "comma-or-end") return undefined;
    return inside === "{" ? "key" : "value";
  }
  if (piece === ":") return expecting === "colon" ? "value" : undefined;
  if (expecting === "key" || expecting === "key-or-end") {
    return piece === "string" ? "colon" : undefined;
  }
  if (expecting !== "value" && expecting !== "value-or-end") return undefined;
  if (piece !== "{" && piece !== "[") return after();
  open.push(piece);
  return piece === "{" ? "key-or-end" : "value-or-end";
}

function at(text: string, offset: number): JsonFault {
  const before = text.slice(0, offset).split("\n");
  return { offset, line: before.length, column: before.at(-1)!.length + 1 };
}
