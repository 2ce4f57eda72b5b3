import ts from "typescript";

/**
 * The first call signature of a tool, by the name that the probe gave it.
 * @returns `undefined` where the declarations have no such function.
 */
export function findSignature(
  name: string,
  { checker, tree }: { readonly checker: ts.TypeChecker; readonly tree: ts.SourceFile },
): ts.Signature | undefined {
  const declared = checker.getSymbolAtLocation(tree);
  if (declared === undefined) return undefined;
  const [first = "", ...rest] = name.split(".");
  const found = exported(first, { declared, checker });
  if (found === undefined) return undefined;
  let type = checker.getTypeOfSymbol(found);
  for (const part of rest) {
    const member = checker.getPropertyOfType(type, part);
    if (member === undefined) return undefined;
    type = checker.getTypeOfSymbol(member);
  }
  return checker.getSignaturesOfType(checker.getNonNullableType(type), ts.SignatureKind.Call)[0];
}

function exported(
  name: string,
  { declared, checker }: { readonly declared: ts.Symbol; readonly checker: ts.TypeChecker },
): ts.Symbol | undefined {
  const named = checker.getExportsOfModule(declared).find((symbol) => symbol.name === name);
  const whole = declared.exports?.get(ts.InternalSymbolName.ExportEquals);
  const symbol = named ?? (name === "default" ? whole : memberOf(whole, { name, checker }));
  if (symbol === undefined || !(symbol.flags & ts.SymbolFlags.Alias)) return symbol;
  return checker.getAliasedSymbol(symbol);
}

/** What CommonJS exports as a whole is imported as the default, its members by their names. */
function memberOf(
  whole: ts.Symbol | undefined,
  { name, checker }: { readonly name: string; readonly checker: ts.TypeChecker },
): ts.Symbol | undefined {
  return whole === undefined
    ? undefined
    : checker.getPropertyOfType(checker.getTypeOfSymbol(whole), name);
}
