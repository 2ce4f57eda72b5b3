import { z } from "@hono/zod-openapi";
import { FINDING_RULES } from "../../spec/definition_finding.ts";

const HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const hash = z.string().regex(/^[0-9a-f]{64}$/, "needs a SHA-256 in hex").openapi({
  example: HASH,
});
const anyJson = z.unknown().openapi({ description: "Any JSON" });

/** What a scan says of a definition. */
export const findingSchema = z.object({
  rule: z.enum(FINDING_RULES),
  severity: z.enum(["low", "medium", "high"]),
  where: z.string().openapi({ description: "JSON pointer", example: "/description" }),
  excerpt: z.string().describe("Escaped, so that nothing hides in it"),
}).openapi("DefinitionFinding");

const state = z.object({
  packageName: z.string().openapi({ example: "slugify" }),
  toolName: z.string().openapi({ example: "default" }),
  source: z.string().openapi({ example: "npm" }),
  version: z.string().openapi({ example: "1.6.9" }),
  stateHash: hash.describe("Names version, lock and definition together"),
  lockHash: hash,
  definitionHash: hash,
  findings: z.array(findingSchema),
});

/** A change that is held back. */
export const pinChangeSchema = state.extend({
  id: z.string(),
  state: z.enum(["waiting", "accepted", "rejected"]),
  seenAt: z.string(),
  decidedAt: z.string().nullable(),
}).openapi("PinChange");

/** A pinned tool, with what waits for a decision. */
export const pinSchema = state.extend({
  id: z.string(),
  collectionId: z.string(),
  toolId: z.string(),
  revision: z.int(),
  hosts: z.array(z.string()),
  updatedAt: z.string(),
  waiting: z.array(pinChangeSchema),
}).openapi("Pin");

const names = z.array(z.string());

/** A change beside what is pinned. */
export const pinDiffSchema = z.object({
  expected: hash.describe("stateHash of the pin: send it with a decision"),
  change: pinChangeSchema,
  diff: z.object({
    from: z.string(),
    to: z.string(),
    lock: z.object({ added: names, removed: names, changed: names, moved: names }),
    definition: z.array(z.object({
      where: z.string(),
      before: anyJson.optional(),
      after: anyJson.optional(),
    })),
    files: z.object({
      added: names,
      removed: names,
      changed: z.array(z.object({
        path: z.string(),
        patch: z.string().nullable(),
        addedLines: z.int(),
        removedLines: z.int(),
      })),
      leftOut: z.int(),
    }).nullable(),
    hosts: z.object({ seen: names, added: names, removed: names }).nullable(),
    codeMissing: z.string().nullable().describe("Why code was not compared"),
    findings: z.array(findingSchema),
  }),
}).openapi("PinDiff");

/** A decision on a change. */
export const decisionSchema = z.strictObject({
  expected: hash.describe("stateHash of the pin that was looked at"),
  change: hash.describe("stateHash of the change that was looked at"),
}).openapi("PinDecision");

/** Query of a diff. */
export const diffQuerySchema = z.object({
  change: z.string().regex(/^[0-9a-f]{12,64}$/, "needs 12 digits of a SHA-256 or more").optional()
    .openapi({ description: "stateHash of a change; the newest that waits where absent" }),
});

/** What a look at the latest version found. */
export const pinCheckSchema = z.object({
  change: pinChangeSchema.nullable().describe("null where the tool is as it was pinned"),
}).openapi("PinCheck");
