import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { EXPORT_FORMATS, exportCalls } from "../../../accounts/usage/export_calls.ts";
import { type CallFilter, listCalls } from "../../../accounts/usage/list_calls.ts";
import {
  USAGE_PERIODS,
  usageByPeriod,
  usageByTool,
} from "../../../accounts/usage/summarise_usage.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import {
  listAnswer,
  listQuerySchema,
  listSchema,
  oneMore,
  pageOf,
} from "../../schemas/list_schema.ts";
import { parseWith } from "../../schemas/parse_with.ts";
import { failureAnswers, jsonContent } from "../route_parts.ts";
import type { ApiOptions } from "./api_parts.ts";

const DAY_MS = 86_400_000;

/** What is summed where nothing is said. */
const DEFAULT_SPAN_DAYS = 30;

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
  .openapi({ type: "string", format: "date-time", example: "2030-01-01T00:00:00Z" });
const text = z.string().min(1).max(300).regex(/^[^\0]*$/, "holds a NUL");

const sums = { calls: z.int(), failures: z.int(), durationMs: z.number(), egressBytes: z.number() };
const usageSchema = z.object({
  from: z.string(),
  until: z.string(),
  periods: z.array(z.object({ at: z.string(), ...sums })),
  tools: z.array(z.object({ packageName: z.string(), toolName: z.string(), ...sums })),
}).openapi("Usage");

const usageQuery = z.object({
  by: z.enum(USAGE_PERIODS).default("day"),
  from: time.optional(),
  until: time.optional(),
});

const summary = createRoute({
  method: "get",
  path: "/api/usage",
  summary: "How much the account has called",
  description: "By day or hour, and the tools called most; of the last 30 days where nothing is " +
    "said. Hours and tools are kept for 30 days, days for good.",
  request: { query: usageQuery },
  responses: { 200: jsonContent(usageSchema, "Sums"), ...failureAnswers([400, 401, 403]) },
});

const callSchema = z.object({
  id: z.string(),
  at: z.string(),
  via: z.string(),
  userId: z.string().nullable(),
  keyId: z.string().nullable(),
  collectionId: z.string().nullable(),
  agentId: z.string().nullable(),
  packageName: z.string(),
  version: z.string().nullable(),
  toolName: z.string(),
  source: z.string().nullable().openapi({
    description: "mcp for tools of other servers; null where nobody said where the tool is from",
  }),
  artifact: z.string().nullable(),
  runtime: z.string().nullable(),
  start: z.string().nullable(),
  outcome: z.string().openapi({ description: "success, or the error's code" }),
  durationMs: z.number(),
  toolMs: z.number().nullable(),
  cache: z.string(),
  egressHosts: z.array(z.string()),
  egressBytes: z.number(),
  requestId: z.string(),
  params: z.unknown().openapi({ description: "Only where the account keeps them; redacted" }),
}).openapi("CallLine");

const filterQuery = {
  packageName: text.optional(),
  toolName: text.optional(),
  keyId: text.optional(),
  outcome: text.optional().openapi({ description: "success, failure, or an error's code" }),
  from: time.optional(),
  until: time.optional(),
};
const callsQuery = listQuerySchema.extend(filterQuery);
const exportQuery = z.object({ format: z.enum(EXPORT_FORMATS).default("ndjson"), ...filterQuery });

const calls = createRoute({
  method: "get",
  path: "/api/usage/calls",
  summary: "Calls of the account",
  description: "Newest first, of the last 30 days.",
  request: { query: callsQuery },
  responses: {
    200: jsonContent(listSchema(callSchema), "Calls"),
    ...failureAnswers([400, 401, 403]),
  },
});

const exported = createRoute({
  method: "get",
  path: "/api/usage/export",
  summary: "Calls of the account, as a file",
  description: "Newest first, as NDJSON or CSV, written as it is read.",
  request: { query: exportQuery },
  responses: {
    200: {
      description: "Calls",
      content: {
        "application/x-ndjson": { schema: z.string() },
        "text/csv": { schema: z.string() },
      },
    },
    ...failureAnswers([400, 401, 403]),
  },
});

/** `/api/usage`: sums, calls and their export. */
export function addUsage(app: OpenAPIHono<GatewayEnv>, { accounts }: ApiOptions): void {
  for (const route of [summary, calls, exported]) app.openAPIRegistry.registerPath(route);

  app.get(summary.getRoutingPath(), async (context) => {
    const { by, ...query } = parseWith(usageQuery, context.req.query());
    const until = query.until ?? new Date();
    const from = query.from ?? new Date(until.getTime() - DEFAULT_SPAN_DAYS * DAY_MS);
    const caller = context.get("caller");
    const span = { from, until };
    const [periods, tools] = await Promise.all([
      usageByPeriod(accounts.sql, caller, { ...span, period: by }),
      usageByTool(accounts.sql, caller, span),
    ]);
    return context.json({ from: from.toISOString(), until: until.toISOString(), periods, tools });
  });

  app.get(calls.getRoutingPath(), async (context) => {
    const { limit, cursor, ...filter } = parseWith(callsQuery, context.req.query());
    const page = pageOf({ limit, cursor });
    const caller = context.get("caller");
    const lines = await listCalls(accounts.sql, caller, { ...oneMore(page), filter });
    return context.json(listAnswer(lines, page));
  });

  app.get(exported.getRoutingPath(), (context) => {
    const { format, ...filter } = parseWith(exportQuery, context.req.query());
    const lines = exportLines({ format, filter });
    const type = format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
    return new Response(lines, {
      headers: {
        "content-type": type,
        "content-disposition": `attachment; filename="calls.${format}"`,
      },
    });

    function exportLines(options: { format: "csv" | "ndjson"; filter: CallFilter }) {
      const text = exportCalls(accounts.sql, context.get("caller"), options);
      return ReadableStream.from(text).pipeThrough(new TextEncoderStream());
    }
  });
}
