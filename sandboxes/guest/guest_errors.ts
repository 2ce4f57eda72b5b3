import type { ErrorCode } from "../../spec/errors.ts";
import { isObjectLike } from "./primordials.ts";

// Each class tells its own by a private field: what `instanceof` says is up to
// `Error[Symbol.hasInstance]`, and so to the tool.

/** The loaded module has no tool of that name. */
export class ToolNotFoundError extends Error {
  readonly #brand = true;
  override readonly name = "ToolNotFoundError";
  readonly code: ErrorCode = "tool_not_found";

  constructor(
    readonly toolName: string,
    /** Names that would have worked, bounded. */
    readonly available: readonly string[],
    { state = "not exported" }: { readonly state?: string } = {},
  ) {
    super(`find tool ${shorten(toolName)}: ${state}`);
  }

  /** Whether `value` was made by this class. */
  static isOwn(value: unknown): value is ToolNotFoundError {
    return isObjectLike(value) && #brand in value;
  }
}

/** One thing wrong with the parameters, as the tool's own schema sees it. */
export interface InputIssue {
  /** `$`, `$.a.b[0]`. */
  readonly path: string;
  readonly message: string;
}

/** The tool's own schema refused the parameters. */
export class InvalidInputError extends Error {
  readonly #brand = true;
  override readonly name = "InvalidInputError";
  readonly code: ErrorCode = "invalid_input";

  constructor(readonly issues: readonly InputIssue[]) {
    super(`read parameters: ${summarise(issues)}`);
  }

  /** Whether `value` was made by this class. */
  static isOwn(value: unknown): value is InvalidInputError {
    return isObjectLike(value) && #brand in value;
  }
}

/** A result holds something that JSON cannot say. `path` tells where, like `$.items[3].fn`. */
export class EncodeError extends Error {
  readonly #brand = true;
  override readonly name = "EncodeError";
  readonly code: ErrorCode = "tool_error";

  constructor(readonly path: string, readonly reason: string) {
    super(`encode result: ${reason} at ${path}`);
  }

  /** Whether `value` was made by this class. */
  static isOwn(value: unknown): value is EncodeError {
    return isObjectLike(value) && #brand in value;
  }
}

/** A result, with what was streamed before it, is larger than the call's limit. */
export class OutputTooLargeError extends Error {
  readonly #brand = true;
  override readonly name = "OutputTooLargeError";
  readonly code: ErrorCode = "resource_limit";

  constructor(readonly limitBytes: number) {
    super(`encode result: larger than ${limitBytes} bytes`);
  }

  /** Whether `value` was made by this class. */
  static isOwn(value: unknown): value is OutputTooLargeError {
    return isObjectLike(value) && #brand in value;
  }
}

const MAX_LISTED_ISSUES = 5;

function summarise(issues: readonly InputIssue[]): string {
  let text = "";
  for (let index = 0; index < issues.length && index < MAX_LISTED_ISSUES; index++) {
    const issue = issues[index]!;
    text += `${index === 0 ? "" : "; "}${issue.path}: ${issue.message}`;
  }
  const hidden = issues.length - MAX_LISTED_ISSUES;
  return hidden > 0 ? `${text}; and ${hidden} more` : text || "refused by the tool's schema";
}

function shorten(name: string): string {
  return name.length > 200 ? `${name.slice(0, 200)}…` : name;
}
