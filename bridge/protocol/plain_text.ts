import { z } from "zod";

/** Text that can be kept and written out anywhere: whole characters, and no NUL. */
export function plainText(max: number): z.ZodString {
  return z.string().max(max).refine((value) => value.isWellFormed() && !value.includes("\0"));
}
