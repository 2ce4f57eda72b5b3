import type { ErrorObject } from "ajv";

/** One thing that is wrong with the parameters. */
export interface ParamsIssue {
  /** Where: `filters[0].name`; empty for the parameters as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Issues reported for one call. */
export const MAX_ISSUES = 20;
const MAX_IN_MESSAGE = 3;
const MAX_TEXT_CHARACTERS = 160;

/** Turns ajv's errors into issues: bounded, without repetitions, without parameter values. */
export function paramsIssues(errors: readonly ErrorObject[]): readonly ParamsIssue[] {
  const issues = new Map<string, ParamsIssue>();
  for (const error of errors) {
    const issue = issueOf(error);
    issues.set(`${issue.path} ${issue.message}`, issue);
    if (issues.size >= MAX_ISSUES) break;
  }
  return [...issues.values()];
}

/** The first few issues as one line. */
export function issuesMessage(issues: readonly ParamsIssue[]): string {
  const shown = issues.slice(0, MAX_IN_MESSAGE).map(({ path, message }) =>
    `${path === "" ? "the parameters" : path} ${message}`
  );
  const more = issues.length - shown.length;
  return shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function issueOf(error: ErrorObject): ParamsIssue {
  const path = readablePath(error.instancePath);
  const params: Record<string, unknown> = error.params;
  switch (error.keyword) {
    case "required":
    case "dependentRequired":
      return { path: inside(path, params.missingProperty), message: "is required" };
    case "additionalProperties":
      return { path: inside(path, params.additionalProperty), message: "is not a known parameter" };
    case "unevaluatedProperties":
      return {
        path: inside(path, params.unevaluatedProperty),
        message: "is not a known parameter",
      };
    case "enum":
      return { path, message: `must be one of ${listed(params.allowedValues)}` };
    case "const":
      return { path, message: cut(`must be ${JSON.stringify(params.allowedValue)}`) };
    default:
      return { path, message: cut(error.message ?? `does not match ${error.keyword}`) };
  }
}

function listed(values: unknown): string {
  return cut(
    (Array.isArray(values) ? values : []).map((value) => JSON.stringify(value)).join(", "),
  );
}

function readablePath(pointer: string): string {
  const parts = pointer.split("/").slice(1);
  return parts.reduce((path, part) => inside(path, part), "");
}

function inside(path: string, pointerPart: unknown): string {
  const name = String(pointerPart).replaceAll("~1", "/").replaceAll("~0", "~");
  if (/^\d+$/.test(name)) return cut(`${path}[${name}]`);
  if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name)) return cut(`${path}[${JSON.stringify(name)}]`);
  return cut(path === "" ? name : `${path}.${name}`);
}

function cut(text: string): string {
  return text.length <= MAX_TEXT_CHARACTERS ? text : `${text.slice(0, MAX_TEXT_CHARACTERS)}…`;
}
