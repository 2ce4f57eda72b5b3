import ts from "typescript";
import type { JsonSchema } from "../../../../spec/json.ts";
import type { ToolSignature, TypeReport, TypeRequest } from "../type_request.ts";
import { declaredProgram } from "./declared_program.ts";
import { commentOf, documentationOf } from "./documentation_of.ts";
import { findSignature } from "./find_signature.ts";
import { SchemaWriter } from "./schema_writer.ts";

/**
 * Reads the signatures of tools from TypeScript declarations. The declarations are hostile and
 * TypeScript is large: this runs in a sandbox, within its limits, and executes nothing of them.
 */
export function readTypes(request: TypeRequest): TypeReport {
  const program = declaredProgram(request);
  const tree = program.getSourceFile(request.entry);
  const report: Record<string, ToolSignature> = Object.create(null);
  if (tree === undefined) return report;
  const checker = program.getTypeChecker();
  for (const name of request.tools) {
    const signature = findSignature(name, { checker, tree });
    if (signature !== undefined) report[name] = describe(signature, checker);
  }
  return report;
}

function describe(signature: ts.Signature, checker: ts.TypeChecker): ToolSignature {
  const writer = new SchemaWriter(checker);
  const input = inputOf(signature, { checker, writer });
  return {
    description: commentOf(signature.getDocumentationComment(checker)),
    ...input,
    warnings: writer.warnings,
  };
}

type Input = Pick<ToolSignature, "inputSchema" | "positional">;

/**
 * A function of one object is described by that object; of arguments that are no objects, by an
 * object with one property for each. In between nothing is said: an object could be either.
 */
function inputOf(
  signature: ts.Signature,
  { checker, writer }: { readonly checker: ts.TypeChecker; readonly writer: SchemaWriter },
): Input {
  const parameters = signature.getParameters();
  const [first] = parameters;
  if (first === undefined) return { inputSchema: { type: "object", properties: {} } };
  const firstType = checker.getTypeOfSymbol(first);
  const others = parameters.slice(1);
  if (writer.isObjectOnly(firstType) && others.every(isOptional)) {
    const schema = writer.write(checker.getNonNullableType(firstType), first.name);
    const isWhole = schema.type === "object" || Array.isArray(schema.anyOf);
    const words = documentationOf(first, checker);
    return { inputSchema: isWhole ? { type: "object", ...words, ...schema } : null };
  }
  const isMistakable = writer.mayBeObject(firstType) || isRest(first);
  if (isMistakable) {
    const text = checker.signatureToString(signature).slice(0, 200);
    writer.warnings.push(`types: send its arguments as an array: ${text}`);
    return { inputSchema: null };
  }
  return positionalInput(parameters, { checker, writer });
}

function positionalInput(
  parameters: readonly ts.Symbol[],
  { checker, writer }: { readonly checker: ts.TypeChecker; readonly writer: SchemaWriter },
): Input {
  const plain = parameters.filter((parameter) => !isRest(parameter));
  if (plain.length < parameters.length) {
    writer.warnings.push("types: further arguments are left out");
  }
  // A destructured parameter has no name of its own.
  const names = plain.map(({ name }, index) =>
    /^[A-Za-z_$][\w$]*$/.test(name) ? name : `arg${index}`
  );
  if (new Set(names).size < names.length || names.includes("__proto__")) {
    return { inputSchema: null };
  }
  const properties = plain.map((parameter, index): [string, JsonSchema] => {
    const schema = writer.write(checker.getTypeOfSymbol(parameter), names[index] ?? "");
    return [names[index] ?? "", { ...schema, ...documentationOf(parameter, checker) }];
  });
  const required = names.filter((_, index) => {
    const parameter = plain[index];
    return parameter !== undefined && !isOptional(parameter);
  });
  return {
    inputSchema: {
      type: "object",
      properties: Object.fromEntries(properties),
      ...(required.length > 0 && { required }),
      additionalProperties: false,
    },
    positional: names,
  };
}

function isOptional(parameter: ts.Symbol): boolean {
  const { valueDeclaration } = parameter;
  if (valueDeclaration === undefined || !ts.isParameter(valueDeclaration)) return false;
  return valueDeclaration.questionToken !== undefined ||
    valueDeclaration.initializer !== undefined ||
    valueDeclaration.dotDotDotToken !== undefined;
}

function isRest({ valueDeclaration }: ts.Symbol): boolean {
  return valueDeclaration !== undefined && ts.isParameter(valueDeclaration) &&
    valueDeclaration.dotDotDotToken !== undefined;
}
