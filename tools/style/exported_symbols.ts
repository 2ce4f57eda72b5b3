import ts from "typescript";

/** Something that a file exports under a name, with where it is declared. */
export interface ExportedSymbol {
  readonly name: string;
  readonly node: ts.Statement;
}

/** What a file declares and exports itself: not what it passes on. */
export function exportedSymbols(tree: ts.SourceFile): ExportedSymbol[] {
  const later = namesExportedLater(tree);
  return tree.statements.flatMap((node) =>
    declaredNames(node)
      .filter((name) => isExported(node) || later.has(name))
      .map((name) => ({ name, node }))
  );
}

/** Whether a statement has the keyword `export`. */
export function isExported(node: ts.Statement): boolean {
  return ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function declaredNames(node: ts.Statement): string[] {
  if (ts.isVariableStatement(node)) {
    return node.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  }
  const isNamed = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node);
  return isNamed ? [node.name?.text ?? "default"] : [];
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isBindingElement(element) ? boundNames(element.name) : []
  );
}

/** Names in `export { a, b }` without `from`. */
function namesExportedLater(tree: ts.SourceFile): Set<string> {
  const clauses = tree.statements.filter(ts.isExportDeclaration)
    .filter(({ moduleSpecifier }) => moduleSpecifier === undefined)
    .map(({ exportClause }) => exportClause);
  const names = clauses.flatMap((clause) =>
    clause !== undefined && ts.isNamedExports(clause)
      ? clause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
      : []
  );
  return new Set(names);
}
