import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { listAudit } from "../../../accounts/audit/list_audit.ts";
import { AirlockError } from "../../../spec/errors.ts";
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

const lineSchema = z.object({
  id: z.string().openapi({ example: "42" }),
  at: z.string(),
  actor: z.object({
    kind: z.string().openapi({ example: "user" }),
    userId: z.string().nullable(),
    keyId: z.string().nullable(),
  }),
  requestId: z.string().nullable(),
  action: z.string().openapi({ example: "key.created" }),
  subject: z.object({ kind: z.string(), id: z.string() }),
  details: z.record(z.string(), z.unknown()),
}).openapi("AuditLine");

const route = createRoute({
  method: "get",
  path: "/api/audit",
  summary: "What changed in the account",
  description: "Newest first. Lines are added and never changed.",
  request: { query: listQuerySchema },
  responses: {
    200: jsonContent(listSchema(lineSchema), "Lines"),
    ...failureAnswers([400, 401, 403]),
  },
});

/** `GET /api/audit`: the account's part of the audit log. */
export function addAudit(app: OpenAPIHono<GatewayEnv>, { accounts }: ApiOptions): void {
  app.openAPIRegistry.registerPath(route);
  app.get(route.path, async (context) => {
    const page = pageOf(parseWith(listQuerySchema, context.req.query()));
    if (page.after !== undefined && !/^\d{1,18}$/.test(page.after)) {
      throw new AirlockError("invalid_input", "read cursor: it is of another list", {
        stage: "request",
      });
    }
    const lines = await listAudit(accounts.sql, context.get("caller"), oneMore(page));
    return context.json(listAnswer(lines, page));
  });
}
