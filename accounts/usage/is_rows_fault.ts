/**
 * Whether a statement failed for its values: SQLSTATE classes 22 (data exception) and 23 (integrity).
 * Anything else may go away by itself.
 */
export function isRowsFault(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return typeof error.code === "string" && /^2[23][0-9A-Z]{3}$/.test(error.code);
}
