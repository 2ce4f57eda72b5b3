import { z } from "@hono/zod-openapi";
import { description } from "./collection_schemas.ts";
import { plainName } from "./plain_text.ts";

const toolId = z.string().openapi({ example: "btl_0Nf3vPq8rT1xZ5bC7dE9gH" });
const serverId = z.string().openapi({ example: "filesystem" });
const name = z.string().openapi({ example: "read_file" });
const time = z.string().nullable().openapi({ example: "2026-11-20T06:06:20.000Z" });

const count = z.int().min(0);

const bridgeSchema = z.object({
  id: z.string().openapi({ example: "brg_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  name: z.string().openapi({ example: "laptop" }),
  status: z.enum(["connected", "disconnected"]),
  clientVersion: z.string().openapi({ example: "0.1.0" }),
  os: z.string().openapi({ example: "linux" }),
  connectedAt: time,
  lastSeenAt: time,
  tools: z.array(z.object({
    ...{ id: toolId, serverId, name },
    description: z.string(),
    available: z.boolean().openapi({ description: "Whether it can be called now" }),
  })),
  servers: z.array(z.object({
    id: serverId,
    tools: count.openapi({ example: 11 }),
    resources: count.openapi({ example: 2 }),
    prompts: count.openapi({ example: 1 }),
  })).openapi({ description: "How much each offers, where this gateway has heard of that" }),
}).openapi("Bridge");

/** Answer of `GET /api/user/bridge`. */
export const bridgesSchema = z.object({ items: z.array(bridgeSchema) }).openapi("Bridges");

const collectionBridgeToolSchema = z.object({
  ...{ toolId, serverId, name },
  bridge: z.string().openapi({ example: "laptop" }),
  description: z.string(),
  displayName: z.string().nullable(),
  note: z.string(),
  available: z.boolean().openapi({ description: "Whether a call would reach it now" }),
  changed: z.boolean().openapi({
    description: "Whether it says something else of itself than when it was added: it is not " +
      "called until it is added again",
  }),
}).openapi("CollectionBridgeTool");

/** Answer of the routes of `/api/collections/{id}/bridge-tools`. */
export const collectionBridgeToolsSchema = z.object({
  items: z.array(collectionBridgeToolSchema),
}).openapi("CollectionBridgeTools");

/** Body of `POST /api/collections/{id}/bridge-tools`. */
export const addBridgeToolSchema = z.strictObject({
  toolId: z.string().regex(/^[0-9A-Za-z_]{1,64}$/, "is not an id")
    .openapi({ example: "btl_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  displayName: plainName.nullish(),
  note: description.optional(),
}).openapi("AddBridgeTool");
