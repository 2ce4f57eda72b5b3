import { z } from "@hono/zod-openapi";

/** Body of `POST …/sign-in`. */
export const beginSignInSchema = z.strictObject({
  clientId: z.string().min(1).max(2_000).optional().openapi({
    description: "For authorisation servers that let no client register itself",
    example: "airlock",
  }),
  clientSecret: z.string().min(1).max(2_000).optional().openapi({ example: "secret" }),
}).refine(
  ({ clientId, clientSecret }) => clientId !== undefined || clientSecret === undefined,
  "has a clientSecret, and no clientId",
).openapi("BeginServerSignIn");

/** A sign-in that was begun. */
export const openedSignInSchema = z.object({
  address: z.string().openapi({
    description: "Where to go on, in a browser",
    example: "https://login.example/authorize?state=…",
  }),
  expiresAt: z.string(),
}).openapi("OpenedServerSignIn");

/** Body of `POST …/sign-in/finish`. */
export const finishSignInSchema = z.strictObject({
  url: z.url().max(8_192).openapi({
    description: "The address that the browser came back to",
    example: "http://127.0.0.1:8787/oauth/upstream/callback?code=a&state=b",
  }),
}).openapi("FinishServerSignIn");

const time = z.string().nullable();

/** Whether somebody has signed in. */
export const signInSchema = z.object({
  signedIn: z.boolean(),
  issuer: z.string().nullable().openapi({ example: "https://login.example" }),
  scope: z.string().nullable().openapi({ example: "issues:read" }),
  expiresAt: time,
  signedInAt: time,
}).openapi("ServerSignIn");
