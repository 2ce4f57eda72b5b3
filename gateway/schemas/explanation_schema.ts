import { z } from "@hono/zod-openapi";

const runtime = z.enum(["deno", "quickjs", "extism"]);

/** Where a tool would run, and why. */
export const explanationSchema = z.object({
  success: z.literal(true),
  packageName: z.string(),
  version: z.string(),
  tool: z.string().nullable().describe("The tool that was asked for; null for the whole package"),
  artifact: z.string(),
  runtime: runtime.nullable().describe("What would run it; null where nothing would"),
  fallbacks: z.array(runtime).describe("What would take over if that fails, in order"),
  refusals: z.array(z.object({ runtime, by: z.string(), reason: z.string() })),
  measured: z.array(z.object({
    runtime,
    calls: z.number(),
    startMs: z.number(),
    toolMs: z.number(),
    coldMs: z.number().optional(),
  })).describe("Medians of earlier calls, old ones counting less"),
  compared: z.array(z.object({
    runtime,
    tool: z.string(),
    state: z.enum(["equal", "different", "unsteady", "lacking"]),
    inputs: z.int(),
    diff: z.string().optional(),
  })).describe("Results for the same inputs, beside those of Deno"),
  words: z.array(z.string()).describe("All of it in sentences, the choice first"),
}).openapi("RuntimeExplanation");
