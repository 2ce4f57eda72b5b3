import type { z } from "@hono/zod-openapi";
import { failureSchema } from "../schemas/answer_schemas.ts";

const REASONS: Readonly<Record<number, string>> = {
  400: "The request is wrong",
  401: "No valid API key",
  403: "Not allowed; the suggestion names the grant that would allow it",
  404: "No such tool",
  413: "The body is too large",
  415: "The body is not JSON",
  422: "No runtime can run it, or it used more than a limit allows",
  429: "Too many requests",
  500: "The sandbox or the gateway failed",
  502: "The package could not be prepared, or something behind us failed",
  503: "Busy or stopping; see Retry-After",
  504: "Not finished in time",
};

/** A required JSON body for an OpenAPI route. */
export function jsonBody<T extends z.ZodType>(schema: T) {
  return { required: true, content: { "application/json": { schema } } };
}

/** A JSON answer for an OpenAPI route. */
export function jsonContent<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** The failure answers of an OpenAPI route. */
export function failureAnswers(statuses: readonly number[]) {
  return Object.fromEntries(statuses.map((status) => [String(status), {
    description: REASONS[status] ?? "Failure",
    content: { "application/problem+json": { schema: failureSchema } },
  }]));
}
