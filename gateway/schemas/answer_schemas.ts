import { z } from "@hono/zod-openapi";
import { ERROR_TABLE, type ErrorCode } from "../../spec/errors.ts";

const codes = Object.keys(ERROR_TABLE).filter((code): code is ErrorCode => code in ERROR_TABLE);
const anyJson = z.unknown().openapi({ description: "Any JSON" });
const anyObject = z.custom<unknown>(() => true).openapi({ type: "object" });

const meta = z.object({
  requestId: z.string(),
  runtime: z.enum(["deno", "quickjs", "extism"]).nullable(),
  start: z.enum(["preloaded", "snapshot", "blank", "new", "built"]).nullable(),
  artifact: z.string().nullable().describe("Digest of the artifact"),
  version: z.string().nullable().describe("Exact version that ran"),
  lockHash: z.string().optional()
    .describe("What ran, with all that it depends on, where the call was held to that"),
  isolation: z.enum(["permissions", "rlimits", "bubblewrap"]),
  refusals: z.array(z.object({ runtime: z.string(), by: z.string(), reason: z.string() })),
  cache: z.enum(["hit", "miss", "off"])
    .describe("Whether the result is of an earlier call, might have been, or could not be"),
  egress: z.array(z.object({
    method: z.string(),
    host: z.string(),
    outcome: z.union([z.int(), z.enum(["refused", "failed"])]),
    requestBytes: z.int(),
    responseBytes: z.int(),
    durationMs: z.number(),
  })),
  logs: z.array(z.object({ level: z.string(), message: z.string(), atMs: z.number() })),
  droppedLogBytes: z.int(),
  timings: anyObject.describe("Milliseconds per step that happened"),
}).openapi("ExecutionMeta");

/** The tool answered. */
export const executionSuccessSchema = z.object({
  success: z.literal(true),
  output: anyJson,
  executionTimeMs: z.number(),
  meta,
}).openapi("ExecutionSuccess");

/** Every answer that is not a success. */
export const failureSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  success: z.literal(false),
  error: z.string().describe("What went wrong, for a person"),
  code: z.enum(codes).describe("Stable: branch on this"),
  stage: z.string(),
  suggestion: z.string().optional(),
  details: anyObject.optional(),
  retryable: z.boolean(),
  retryAfterMs: z.number().optional(),
  executionTimeMs: z.number(),
  requestId: z.string(),
}).openapi("Failure");

/** What a package offers. */
export const describeAnswerSchema = z.object({
  success: z.literal(true),
  packageName: z.string(),
  version: z.string(),
  artifact: z.string(),
  description: z.string(),
  tools: z.array(anyObject),
  otherExports: z.array(z.string()),
  env: z.array(anyObject),
  needs: anyObject.describe("What the package asks for: a request, never a grant"),
  uses: anyObject.describe("Node built-ins, notable globals and variables that the code refers to"),
  runtimes: z.array(anyObject),
  warnings: z.array(z.string()),
}).openapi("DescribeToolAnswer");

/** State of the gateway. */
export const healthSchema = z.object({
  status: z.enum(["ok", "draining"]),
  version: z.string(),
  isolation: z.enum(["permissions", "rlimits", "bubblewrap"]),
  runtimes: z.array(anyObject),
  database: z.object({
    kind: z.enum(["postgres", "pglite"]),
    state: z.enum(["ok", "idle", "starting", "down"]),
    latencyMs: z.number().nullable(),
    problem: z.string().nullable(),
  }).optional().describe("Calls go on without it"),
  metering: z.object({
    rateStore: z.object({
      kind: z.enum(["memory", "database", "redis"]),
      state: z.enum(["ok", "down"]).describe("As it was when it was last asked"),
      whenDown: z.enum(["open", "closed"]).describe("Whether requests pass while it is down"),
    }),
    usage: z.object({ waiting: z.int(), written: z.int(), dropped: z.int() })
      .describe("Lines of the log of calls since the start"),
  }).optional(),
  pool: anyObject,
}).openapi("Health");
