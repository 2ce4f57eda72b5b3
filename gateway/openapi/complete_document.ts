import type { OpenAPIHono } from "@hono/zod-openapi";
import { ERROR_TABLE, type ErrorCode } from "../../spec/errors.ts";
import { failureBody } from "../failure_body.ts";
import { type ExampledSchema, exampleOf, type NamedSchemas } from "./example_of.ts";

/** The API description as it is generated. */
export type ApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

interface Media {
  schema?: ExampledSchema;
  example?: unknown;
}
interface Operation {
  parameters?: unknown[];
  requestBody?: { content?: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
}

const METHODS = ["get", "put", "post", "patch", "delete"] as const;

/** Which code stands for a status in examples; where several do, the first of the table. */
const CODES = new Map<number, ErrorCode>(
  Object.entries(ERROR_TABLE).toReversed().map(([code, { httpStatus }]) => [
    httpStatus,
    code as ErrorCode,
  ]),
);
const OTHER_CODES: Readonly<Record<number, ErrorCode>> = { 415: "invalid_input" };

const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "A random text of the caller's. The same request with the same key is done once: for " +
    "24 hours it gets the first one's answer. With another request the key is refused (409).",
  schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[!-~]+$" },
  example: "0e0b1c9e-3a51-4f0e-9d6c-2f4b6a8c1d3e",
};

/**
 * Adds what every route has: an example for each body, the failures that come before any handler, and
 * the `Idempotency-Key` of POST requests below `/api`.
 */
export function completeDocument(document: ApiDocument): ApiDocument {
  mendPatterns(document);
  const named = (document.components?.schemas ?? {}) as NamedSchemas;
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method] as Operation | undefined;
      if (operation === undefined) continue;
      if (path !== "/health") addCommonFailures(operation, { path, method });
      if (method === "post" && path.startsWith("/api/")) {
        operation.parameters = [...operation.parameters ?? [], IDEMPOTENCY_KEY];
      }
      addExamples(operation, named);
    }
  }
  return document;
}

/**
 * The generator writes flags of a regular expression behind its pattern, where they mean themselves.
 * Patterns of JSON Schema know Unicode; those that ignore case cannot be said there.
 */
function mendPatterns(part: unknown): void {
  if (typeof part !== "object" || part === null) return;
  const schema = part as Record<string, unknown>;
  const flagged = typeof schema.pattern === "string"
    ? /^(.*)\/([a-z]+)$/s.exec(schema.pattern)
    : null;
  if (flagged !== null && flagged[2] === "u") schema.pattern = flagged[1];
  else if (flagged !== null) delete schema.pattern;
  for (const below of Object.values(schema)) mendPatterns(below);
}

function addCommonFailures(
  { responses }: Operation,
  { path, method }: { readonly path: string; readonly method: string },
): void {
  const add = (status: number, description: string) => {
    responses[status] ??= {
      description,
      content: {
        "application/problem+json": { schema: { $ref: "#/components/schemas/Failure" } },
      },
    };
  };
  add(429, "Too many requests; see Retry-After");
  add(500, "The gateway failed");
  if (!path.startsWith("/api/")) return;
  add(502, "The database does not answer");
  if (method === "post") {
    add(409, "The Idempotency-Key stands for another request, or it runs still");
  }
}

function addExamples({ requestBody, responses }: Operation, named: NamedSchemas): void {
  for (const media of Object.values(requestBody?.content ?? {})) addExample(media, named);
  for (const [status, { content = {} }] of Object.entries(responses)) {
    for (const [type, media] of Object.entries(content)) {
      if (type === "application/problem+json") media.example = failureExample(Number(status));
      else addExample(media, named);
    }
  }
}

function addExample(media: Media, named: NamedSchemas): void {
  if (media.example !== undefined || media.schema === undefined) return;
  const example = exampleOf(media.schema, { named });
  if (example !== undefined) media.example = example;
}

function failureExample(status: number) {
  const code = OTHER_CODES[status] ?? CODES.get(status) ?? "internal";
  return failureBody({
    error: `handle request: ${code.replaceAll("_", " ")}`,
    code,
    stage: "request",
    suggestion: "What to do about it.",
    executionTimeMs: 1,
  }, { requestId: "0e0b1c9e-3a51-4f0e-9d6c-2f4b6a8c1d3e", status });
}
