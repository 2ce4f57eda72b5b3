import { z } from "@hono/zod-openapi";
import { SERVER_HEALTH, SERVER_TRANSPORTS } from "../../accounts/servers/server_record.ts";
import { MAX_SHOWN_OFFERS } from "../../registry/servers/server_offers.ts";
import { isJsonObject } from "../../spec/json.ts";
import { findingSchema } from "./pin_schemas.ts";

const MAX_HEADERS = 20;
const MAX_HEADER_CHARACTERS = 8_192;
const MAX_TOOLS = 500;

/** What the protocol and HTTP set themselves. */
const SET_BY_US =
  /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|accept|mcp-.*|last-event-id)$/i;

const serverName = z.string().regex(
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/,
  "needs at most 40 letters, digits, hyphens and underscores",
).openapi({ example: "issues" });

const headerName = z.string().max(128)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "is not the name of a header")
  .refine((name) => !SET_BY_US.test(name), "is set by the protocol");

const headers = z.record(
  headerName,
  z.string().max(MAX_HEADER_CHARACTERS).regex(/^[\x20-\x7e]*$/, "holds what no header can"),
).refine((one) => Object.keys(one).length <= MAX_HEADERS, `has more than ${MAX_HEADERS} members`)
  .openapi({
    description: "Sent with every request to the server, and kept sealed. ${NAME} stands for the " +
      "account's secret of that name.",
    example: { authorization: "Bearer ${ISSUES_TOKEN}" },
  });

// deno-lint-ignore no-control-regex -- control characters are what must not be in it
const toolName = z.string().min(1).max(300).regex(/^[^\u0000-\u001f\u007f]*$/);

const url = z.string().max(2_048).refine((text) => {
  const parsed = URL.parse(text);
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.username === "" &&
    parsed.password === "";
}, "is not an https URL without credentials").openapi({ example: "https://mcp.example/mcp" });

const renames = z.record(toolName, z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/))
  .refine((one) => Object.keys(one).length <= MAX_TOOLS, `has more than ${MAX_TOOLS} members`)
  .openapi({
    description: "By what the server calls a tool, what it is called here",
    example: { create_issue: "new_issue" },
  });

const wish = {
  name: serverName,
  url: url.optional(),
  headers: headers.optional(),
  allowedTools: z.array(toolName).max(MAX_TOOLS).nullish().openapi({
    description: "Tools that are offered, as the server calls them; null: all",
    example: ["create_issue", "list_issues"],
  }),
  renames: renames.optional(),
  timeoutMs: z.int().min(1).max(600_000).optional().openapi({ example: 60_000 }),
  enabled: z.boolean().optional().openapi({ example: true }),
};

/** Body of `POST /api/collections/{id}/servers`. */
export const addServerSchema = z.strictObject({
  ...wish,
  command: z.array(z.string().min(1).max(4_096)).min(1).max(100).optional().openapi({
    description: "In place of a URL: a command that the gateway's operator allows, word by word",
  }),
}).refine(
  ({ url, command }) => (url === undefined) !== (command === undefined),
  "needs a url or a command, and not both",
).refine(
  ({ command, headers }) => command === undefined || headers === undefined,
  "has headers, which a command is not sent",
).openapi("AddServer", {
  example: {
    ...{ name: "issues", url: "https://mcp.example/mcp" },
    headers: { authorization: "Bearer ${ISSUES_TOKEN}" },
    ...{ allowedTools: ["create_issue"], renames: { create_issue: "new_issue" } },
    ...{ timeoutMs: 60_000, enabled: true },
  },
});

/** Body of `PATCH /api/collections/{id}/servers/{serverId}`. */
export const changeServerSchema = z.strictObject({ ...wish, name: serverName.optional() })
  .openapi("ChangeServer");

/** Body of `POST /api/collections/{id}/servers/{serverId}/accept`. */
export const acceptToolsSchema = z.strictObject({
  tools: z.array(z.strictObject({
    name: toolName.openapi({ example: "create_issue" }),
    digest: z.string().regex(/^[0-9a-f]{64}$/, "is not a digest").openapi({
      description: "Of what waits, as it was looked at",
      example: "ab".repeat(32),
    }),
  })).min(1).max(MAX_TOOLS),
}).openapi("AcceptServerTools");

const findings = z.array(findingSchema);

const definition = z.custom<object>(isJsonObject).openapi({
  type: "object",
  example: { name: "create_issue", description: "Creates an issue", inputSchema: {} },
});

const digest = z.string().openapi({ example: "ab".repeat(32) });

const code = z.string().openapi({ example: "upstream_failed" });
const error = z.string().openapi({ example: "ask MCP server: it cannot be reached" });

const time = z.string().nullable();

/** A server as its own account is shown it. */
export const serverSchema = z.object({
  id: z.string().openapi({ example: "srv_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  collectionId: z.string(),
  name: serverName,
  transport: z.enum(SERVER_TRANSPORTS).nullable().openapi({ description: "null: not known yet" }),
  url: z.string().nullable().openapi({ example: "https://mcp.example/mcp" }),
  command: z.array(z.string().openapi({ example: "some-server" })).nullable(),
  headerNames: z.array(z.string().openapi({ example: "authorization" })).openapi({
    description: "No route gives a value back",
  }),
  allowedTools: z.array(z.string().openapi({ example: "create_issue" })).nullable(),
  renames: z.record(z.string(), z.string()).openapi({ example: { create_issue: "new_issue" } }),
  timeoutMs: z.int().openapi({ example: 60_000 }),
  enabled: z.boolean(),
  oauth: z.boolean().openapi({ description: "Whether calls need a sign-in to the server" }),
  health: z.enum(SERVER_HEALTH).openapi({ example: "ok" }),
  failure: z.object({ code, error }).nullable(),
  about: z.object({
    name: z.string().openapi({ example: "Issues" }),
    version: z.string().openapi({ example: "1.0.0" }),
    protocol: z.string().openapi({ example: "2025-11-25" }),
  }).nullable().openapi({ description: "What it calls itself" }),
  listedAt: time,
  checkedAt: time,
  revision: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
}).openapi("McpServer");

const toolSchema = z.object({
  name: z.string().openapi({ example: "create_issue" }),
  state: z.enum(["pinned", "changed", "new", "gone"]),
  digest: digest.nullable(),
  definition: definition.nullable(),
  findings,
  offered: z.object({ digest, definition, findings }).nullable().openapi({
    description: "What waits to be accepted",
  }),
}).openapi("McpServerTool");

/** A server and its tools. */
export const serverToolsSchema = z.object({ server: serverSchema, tools: z.array(toolSchema) })
  .openapi("McpServerTools");

const offeredKind = z.object({
  total: z.int().openapi({ example: 1 }),
  first: z.array(z.string().openapi({ example: "summarise" })).max(MAX_SHOWN_OFFERS).openapi({
    description: "URIs, templates of URIs, or names",
  }),
});

/** A server, its tools, and how it was found to be. */
export const serverLookSchema = z.object({
  server: serverSchema,
  tools: z.array(toolSchema),
  offers: z.object({
    resources: offeredKind,
    templates: offeredKind,
    prompts: offeredKind,
  }).openapi({ description: "What it offers beside tools, by URI or name" }),
  failure: z.object({
    ...{ code, error },
    suggestion: z.string().nullable().openapi({ example: "Try again later." }),
  }).nullable().openapi({ description: "null where it answered" }),
  stderr: z.string().openapi({ description: "Of a server that is started here", example: "" }),
}).openapi("McpServerLook");
