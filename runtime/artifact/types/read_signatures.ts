import type { FetchedPackage, StepOptions } from "../../../spec/artifact.ts";
import { AirlockError } from "../../../spec/errors.ts";
import type { ProbeReport } from "../../../spec/sandbox.ts";
import type { ToolDefinition } from "../../../spec/tool.ts";
import { readTpmjsField } from "../tpmjs_field.ts";
import { collectDeclarations } from "./collect_declarations.ts";
import { MAX_TYPED_TOOLS } from "./type_limits.ts";
import type { ReadTypes, TypeReport } from "./type_request.ts";

/** What the probe found, and what the package's declarations add to it. */
export interface TypedReport {
  readonly report: ProbeReport;
  readonly signatures: TypeReport;
}

/**
 * Asks the declarations about tools whose code and package say nothing of their parameters. Nothing
 * depends on the answer: where it does not come within its limits the report gets a warning.
 * @throws the signal's reason.
 */
export async function readSignatures(
  fetched: FetchedPackage,
  { report, readTypes, signal, progress }: StepOptions & {
    readonly report: ProbeReport;
    readonly readTypes: ReadTypes | undefined;
  },
): Promise<TypedReport> {
  const untold = report.tools.filter(isUntold(fetched)).map(({ name }) => name);
  if (readTypes === undefined || untold.length === 0) return { report, signatures: {} };
  try {
    const declarations = await collectDeclarations(fetched);
    if (declarations === null) return { report, signatures: {} };
    progress?.("reading its declarations");
    const { files, entry, warnings } = declarations;
    const tools = untold.slice(0, MAX_TYPED_TOOLS);
    const signatures = await readTypes({ files, entry, tools }, { signal });
    return { report: warned(report, warnings), signatures };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AirlockError)) throw error;
    return { report: warned(report, [`types: not read: ${error.message}`]), signatures: {} };
  }
}

/** Whether neither code nor package say anything of a tool's parameters. Plain functions only: whatever calls itself a tool knows its schema, or has none. */
export function isUntold({ packageJson }: FetchedPackage): (tool: ToolDefinition) => boolean {
  const declared = new Set(
    readTpmjsField(packageJson).tools.filter(({ inputSchema }) => inputSchema !== null)
      .map(({ name }) => name),
  );
  return ({ name, shape, inputSchema }) =>
    inputSchema === null && (shape === "function" || shape === "method") && !declared.has(name);
}

function warned(report: ProbeReport, warnings: readonly string[]): ProbeReport {
  return warnings.length === 0
    ? report
    : { ...report, warnings: [...report.warnings, ...warnings] };
}
