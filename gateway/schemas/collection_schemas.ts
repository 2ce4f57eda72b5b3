import { z } from "@hono/zod-openapi";
import { META_TOOLS, VISIBILITIES } from "../../accounts/collections/collection_record.ts";
import { keptExecutorSchema } from "../../accounts/collections/kept_executor.ts";
import { limitsSchema, permissionsSchema } from "../../accounts/grant_schemas.ts";
import { plainName, plainText } from "./plain_text.ts";

/** Longest description and note. */
const MAX_DESCRIPTION_CHARACTERS = 4_000;

/** Text of people, over several lines. */
export const description = plainText(MAX_DESCRIPTION_CHARACTERS);

/** What stands in a URL for something with a name. */
export const slug = z.string().max(64)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "needs lower-case letters, digits and hyphens")
  .openapi({ example: "my-tools" });

/** Who sees something. */
export const visibility = z.enum(VISIBILITIES).openapi({ example: "private" });

/** Where calls run. */
export const executor = z.unknown().pipe(keptExecutorSchema.nullable()).openapi({
  type: "object",
  description: "Where calls run: null leaves it to the system. The token of a remote executor is " +
    "the secret of that name.",
  example: { kind: "remote", url: "https://executor.example", tokenSecret: "EXECUTOR_TOKEN" },
});

const permissions = z.unknown().pipe(permissionsSchema.partial()).openapi({
  type: "object",
  description: "What calls through it may do where they ask for nothing themselves",
  example: { net: ["api.example.com"] },
});
const limits = z.unknown().pipe(limitsSchema).openapi({
  type: "object",
  description: "How much calls through it may use where they ask for nothing themselves",
  example: { timeoutMs: 10_000 },
});

const metaTools = z.enum(META_TOOLS).openapi({
  description:
    "Whether MCP clients are given search_tools, describe_tool and call_tool instead of " +
    "all tools; auto: above 40",
  example: "auto",
});

const collectionWish = {
  name: plainName.openapi({ example: "My tools" }),
  slug: slug.optional(),
  description: description.optional(),
  visibility: visibility.optional(),
  permissions: permissions.optional(),
  limits: limits.optional(),
  executor: executor.optional(),
  metaTools: metaTools.optional(),
};

/** Body of `PATCH /api/collections/{id}`. */
export const changeCollectionSchema = z.strictObject({
  ...collectionWish,
  name: collectionWish.name.optional(),
}).openapi("ChangeCollection");

/** Body of `POST /api/collections`. */
export const createCollectionSchema = z.strictObject(collectionWish).openapi("CreateCollection");

/** A collection as it is shown. */
export const collectionSchema = z.object({
  id: z.string().openapi({ example: "col_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  slug,
  name: z.string(),
  description: z.string(),
  visibility,
  permissions,
  limits,
  executor,
  metaTools,
  likes: z.int(),
  revision: z.int().openapi({ description: "Counts changes, of its tools too" }),
  createdAt: z.string(),
  updatedAt: z.string(),
}).openapi("Collection");

/** A tool as it stands in a collection. */
export const collectionToolSchema = z.object({
  toolId: z.string(),
  slug: z.string(),
  name: z.string(),
  displayName: z.string().nullable(),
  note: z.string(),
  description: z.string(),
  packageName: z.string(),
  version: z.string(),
  source: z.string(),
  health: z.string(),
}).openapi("CollectionTool");

const id = z.string().regex(/^[0-9A-Za-z_]{1,64}$/, "is not an id");

/** Body of `POST /api/collections/{id}/tools`. */
export const addCollectionToolSchema = z.strictObject({
  toolId: id.openapi({ example: "tool_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  displayName: plainName.nullish(),
  note: description.optional(),
}).openapi("AddCollectionTool");

/** Body of `PATCH /api/collections/{id}/tools/{toolId}`. */
export const changeCollectionToolSchema = z.strictObject({
  displayName: plainName.nullish(),
  note: description.optional(),
}).openapi("ChangeCollectionTool");

/** Body of `PUT /api/collections/{id}/tools`. */
export const orderToolsSchema = z.strictObject({
  toolIds: z.array(id).max(1_000).openapi({ description: "Every tool of it, once, in order" }),
}).openapi("OrderTools");

const instructions = plainText(64 * 1024);
const ids = z.array(id).max(200);

const agentWish = {
  name: plainName.openapi({ example: "Researcher" }),
  slug: slug.optional(),
  description: description.optional(),
  visibility: visibility.optional(),
  instructions: instructions.optional(),
  model: z.string().max(200).regex(/^[^\p{C}]*$/u, "holds characters that cannot be seen")
    .optional(),
  executor: executor.optional(),
  collectionIds: ids.optional().openapi({ description: "All that it uses, in order" }),
  toolIds: ids.optional(),
};

/** Body of `PATCH /api/agents/{id}`. */
export const changeAgentSchema = z.strictObject({
  ...agentWish,
  name: agentWish.name.optional(),
}).openapi("ChangeAgent");

/** Body of `POST /api/agents`. */
export const createAgentSchema = z.strictObject(agentWish).openapi("CreateAgent");

/** An agent as it is shown. */
export const agentSchema = z.object({
  id: z.string().openapi({ example: "agt_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  slug,
  name: z.string(),
  description: z.string(),
  visibility,
  instructions: z.string(),
  model: z.string(),
  executor,
  collectionIds: z.array(z.string()),
  toolIds: z.array(z.string()),
  revision: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
}).openapi("Agent");
