import { z } from "@hono/zod-openapi";
import type { ExecutionRequest } from "../../spec/execution.ts";
import { NET_PATTERN } from "../../spec/permissions.ts";
import { RUNTIME_FEATURES } from "../../spec/runtime_wish.ts";
import { ISOLATION_LEVELS } from "../../spec/sandbox.ts";
import { jsonValue, packageFields, present } from "./package_fields.ts";

/** Longest environment value. */
const MAX_ENV_VALUE_CHARACTERS = 64 * 1024;

const wholePositive = z.int().positive();

const limits = z.strictObject({
  timeoutMs: wholePositive.nullish().describe("Time of the call in milliseconds"),
  memoryBytes: wholePositive.nullish().describe("Memory of the call"),
  outputBytes: wholePositive.nullish().describe("Size of the encoded result"),
  logBytes: wholePositive.nullish().describe("Log text that is kept"),
}).openapi("Limits");

const permissions = z.strictObject({
  net: z.union([
    z.enum(["none", "public"]),
    z.array(z.string().max(300).regex(NET_PATTERN, "needs a host, *.host or host:port")).max(256),
  ]).nullish().describe("HTTP(S) through the gateway: none, public, or host patterns"),
  netDirect: z.array(z.string().max(300)).max(64).nullish()
    .describe("host:port pairs for raw sockets, where policy allows any"),
  fs: z.enum(["none", "tmp"]).nullish().describe("tmp: a private directory for the call"),
}).openapi("Permissions");

const runtime = z.enum(["deno", "quickjs", "extism"]);

const constraints = z.strictObject({
  minIsolation: z.enum(ISOLATION_LEVELS).nullish(),
  maxColdMs: wholePositive.nullish().describe("Longest cold start in milliseconds"),
  needs: z.array(z.enum(RUNTIME_FEATURES)).max(RUNTIME_FEATURES.length).nullish(),
}).openapi("RuntimeConstraints");

const env = z.custom<Record<string, string>>(isEnv, {
  message: "needs an object of strings whose names look like environment variables",
}).openapi({
  type: "object",
  additionalProperties: { type: "string" },
  example: {},
  description: "Values the tool sees as its environment, for this call only",
});

/** Body of `POST /execute-tool`. Unknown members are ignored, as older platforms send some. */
export const executeToolSchema = z.object({
  ...packageFields,
  name: z.string().min(1).max(256).openapi({
    example: "htmlToMarkdownTool",
    description: "The export, or a dotted path to a tool inside one",
  }),
  params: jsonValue.optional().openapi({
    type: ["object", "array", "string", "number", "boolean", "null"],
    description: "What the tool is called with; `{}` when absent or null",
    example: { html: "<h1>Hi</h1><p>some <b>bold</b> text</p>" },
  }),
  env: env.nullish(),
  runtime: runtime.nullish().describe("Insist on one kind of sandbox"),
  preferred: runtime.nullish().describe("The kind of sandbox to use where it is able"),
  fallbacks: z.array(runtime).max(3).nullish()
    .describe("What may take over, in order, and nothing else"),
  constraints: constraints.nullish().describe("What any kind of sandbox must fulfil"),
  cache: z.boolean().nullish()
    .describe("true: the result of an equal call will do; false: none will"),
  permissions: permissions.nullish().describe("What the call may do; nothing when absent"),
  limits: limits.nullish().describe("How much the call may use, up to the configured ceilings"),
  collection: z.string().regex(/^[0-9A-Za-z_]{1,64}$/, "is not an id").nullish()
    .describe("Id of a collection that has the tool: the call goes through it"),
  lockHash: z.string().regex(/^[0-9a-f]{64}$/, "needs 64 hex digits").nullish()
    .describe("Run only what consists of exactly this: the lockHash of its pin"),
  isolation: z.literal("per-call").nullish()
    .describe("A process of its own, used once"),
}).openapi("ExecuteToolRequest");

/** The request in the executor's words: `null` means absent. */
export function executionRequest(body: z.output<typeof executeToolSchema>): ExecutionRequest {
  return present<ExecutionRequest>({
    packageName: body.packageName,
    version: body.version,
    name: body.name,
    params: body.params ?? {},
    env: body.env ?? {},
    runtime: body.runtime,
    preferred: body.preferred,
    fallbacks: body.fallbacks,
    constraints: body.constraints && present(body.constraints),
    cache: body.cache,
    permissions: body.permissions && present(body.permissions),
    limits: body.limits && present(body.limits),
    source: body.source,
    importUrl: body.importUrl,
    isolation: body.isolation,
    lockHash: body.lockHash,
  });
}

function isEnv(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= 256 &&
    entries.every(([name, text]) =>
      /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name) && name !== "__proto__" &&
      typeof text === "string" && text.length <= MAX_ENV_VALUE_CHARACTERS
    );
}
