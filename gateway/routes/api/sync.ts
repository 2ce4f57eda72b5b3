import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { SYNC_JOBS } from "../../../registry/sync/sync_job.ts";
import { AirlockError } from "../../../spec/errors.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import type { GatewayOptions } from "../../gateway_options.ts";
import { failureAnswers, jsonContent } from "../route_parts.ts";

/** Jobs that a scheduler elsewhere may start. */
const JOBS = ["changes", "keyword", "metrics", "stats-snapshot"] as const;

const startedSchema = z.object({
  id: z.string().openapi({ example: "run_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  job: z.enum(JOBS),
}).openapi("SyncRun");

const statusSchema = z.object({
  jobs: z.array(z.object({
    job: z.enum(SYNC_JOBS),
    failures: z.int().openapi({ description: "Runs in a row that failed", example: 0 }),
    notBefore: z.string().nullable().openapi({
      description: "Until when the other side asked to be left alone",
    }),
    last: z.object({
      id: z.string(),
      startedAt: z.string(),
      endedAt: z.string().nullable(),
      seen: z.int(),
      recorded: z.int(),
      failed: z.int(),
      error: z.string().nullable(),
    }).nullable(),
  })),
  watched: z.int().openapi({ description: "Packages that are watched", example: 3 }),
  waiting: z.int().openapi({
    description: "Packages that could not be read and wait for another attempt",
    example: 0,
  }),
}).openapi("SyncStatus");

const status = createRoute({
  method: "get",
  path: "/api/sync",
  summary: "How following npm's registry goes",
  description: "Each job with its last run, what it did and how it ended.",
  responses: {
    200: jsonContent(statusSchema, "Each job with its last run"),
    ...failureAnswers([401, 403, 404]),
  },
});

const start = createRoute({
  method: "post",
  path: "/api/sync/{job}",
  summary: "Start a run of a job",
  description: "For a scheduler elsewhere. Answers as soon as the run has begun; a job runs once " +
    "at a time on all nodes.",
  request: { params: z.object({ job: z.enum(JOBS).openapi({ example: "keyword" }) }) },
  responses: {
    202: jsonContent(startedSchema, "The run, which goes on"),
    ...failureAnswers([401, 403, 404, 409, 429]),
  },
});

/** `/api/sync`: start jobs, and see how they are. */
export function addSync(app: OpenAPIHono<GatewayEnv>, { sync }: GatewayOptions): void {
  for (const route of [status, start]) app.openAPIRegistry.registerPath(route);

  app.get(status.getRoutingPath(), async (context) => {
    if (sync === undefined) throw noSync();
    return context.json(await sync.status());
  });

  app.post(start.getRoutingPath(), async (context) => {
    const job = JOBS.find((name) => name === context.req.param("job"));
    if (sync === undefined || job === undefined) throw noSync();
    return context.json({ id: await sync.start(job), job }, 202);
  });
}

function noSync(): AirlockError {
  return new AirlockError("not_found", "sync: there is no such job", {
    stage: "request",
    suggestion: `Ask for one of ${JOBS.join(", ")}.`,
  });
}
