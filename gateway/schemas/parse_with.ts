import type { z } from "@hono/zod-openapi";
import { AirlockError } from "../../spec/errors.ts";

const MAX_ISSUES = 10;

/**
 * Parses `value`, once.
 * @throws {AirlockError} `invalid_input` that names members, never their values.
 */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, MAX_ISSUES).map((issue) => ({
    path: issue.path.join(".").slice(0, 200),
    message: isMissing(issue, value) ? "is missing" : issue.message.slice(0, 300),
  }));
  const summary = issues.map(({ path, message }) => path === "" ? message : `${path} ${message}`);
  throw new AirlockError("invalid_input", `check request: ${summary.join("; ")}`, {
    stage: "request",
    suggestion: "See /docs for the members of this request.",
    details: { issues },
  });
}

/** Whether the member that an issue is about is not there at all. */
function isMissing({ code, path }: z.core.$ZodIssue, value: unknown): boolean {
  if (code !== "invalid_type" && code !== "invalid_value") return false;
  let holder = value;
  for (const [index, key] of path.entries()) {
    if (typeof holder !== "object" || holder === null) return false;
    if (!Object.hasOwn(holder, key)) return index === path.length - 1;
    holder = Reflect.get(holder, key);
  }
  return false;
}
