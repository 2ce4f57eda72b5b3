import type { FetchedPackage, StepOptions } from "../../../spec/artifact.ts";
import { AirlockError } from "../../../spec/errors.ts";
import type { SchemaGuesser } from "../../../spec/schema_guesser.ts";
import type { SourceKind, ToolDefinition } from "../../../spec/tool.ts";
import { isUntold, type TypedReport } from "./read_signatures.ts";
import type { ToolSignature } from "./type_request.ts";

/** Tools of one package that are asked about: each question takes seconds and costs money. */
const MAX_GUESSES = 10;

/** Where the names and words of tools may be an account's own. */
const PRIVATE: ReadonlySet<SourceKind> = new Set(["inline", "wasm"]);

/**
 * Asks a guesser about the tools of which neither code, package nor declarations say anything.
 * Nothing depends on its answers: the first failure ends the questions, with a warning.
 * @throws the signal's reason.
 */
export async function guessSignatures(
  fetched: FetchedPackage,
  { typed, guesser, ...step }: StepOptions & {
    readonly typed: TypedReport;
    readonly guesser: SchemaGuesser | undefined;
  },
): Promise<TypedReport> {
  // What an account brought is not public, so nobody elsewhere is told of it.
  if (guesser === undefined || PRIVATE.has(fetched.resolved.source)) return typed;
  const { report } = typed;
  const signatures: Record<string, ToolSignature> = { ...typed.signatures };
  const signatureOf = ({ name }: ToolDefinition) =>
    Object.hasOwn(signatures, name) ? signatures[name] : undefined;
  const untold = report.tools.filter(isUntold(fetched))
    .filter((tool) => (signatureOf(tool)?.inputSchema ?? null) === null);
  try {
    for (const tool of untold.slice(0, MAX_GUESSES)) {
      const { description = "", warnings: hints = [] } = signatureOf(tool) ?? {};
      const { packageName } = fetched.resolved;
      const words = tool.description || description;
      const subject = { packageName, toolName: tool.name, description: words, hints };
      const inputSchema = await guesser.guess(subject, step);
      if (inputSchema === null) continue;
      const warnings = [...hints, "schema guessed by a model"];
      signatures[tool.name] = { description, inputSchema, warnings, strategy: "model" };
    }
    return { report, signatures };
  } catch (error) {
    step.signal.throwIfAborted();
    if (!(error instanceof AirlockError)) throw error;
    const warnings = [...report.warnings, `schema not guessed: ${error.message}`];
    return { report: { ...report, warnings }, signatures };
  }
}
