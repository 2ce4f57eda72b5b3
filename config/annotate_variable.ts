import { z } from "zod";
import { Secret } from "./secret.ts";

/** What `airlock config` shows about a variable beside its value. */
export interface VariableNote {
  readonly meaning: string;
  /** As text; `null` where there is none. */
  readonly fallback: string | null;
  readonly secret: boolean;
}

// style-ok module-state: filled while this module loads, and read-only from then on.
const notes = new WeakMap<z.ZodType, VariableNote>();

function annotated<T extends z.ZodType>(schema: T, note: VariableNote): T {
  notes.set(schema, note);
  return schema;
}

/** A variable with a default. */
// style-ok parameters: over a hundred rows read as a table this way
export function variable<T extends z.ZodType<unknown, string>>(
  schema: T,
  fallback: string,
  meaning: string,
) {
  const whole = z.string().default(fallback).pipe(schema);
  return annotated(whole, { meaning, fallback, secret: false });
}

/** A variable without a default. */
export function optional<T extends z.ZodType<unknown, string>>(schema: T, meaning: string) {
  return annotated(schema.optional(), { meaning, fallback: null, secret: false });
}

/** A variable whose value is not shown. */
export function secret(meaning: string, schema: z.ZodType<string, string> = z.string().min(1)) {
  const hidden = schema.transform((value) => new Secret(value)).optional();
  return annotated(hidden, { meaning, fallback: null, secret: true });
}

/** What was said of a variable. */
export function noteOf(schema: z.ZodType): VariableNote | undefined {
  return notes.get(schema);
}
