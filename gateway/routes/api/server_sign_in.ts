import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Actor } from "../../../accounts/audit/write_audit.ts";
import { notFound } from "../../../accounts/require_permission.ts";
import type { ServerRow } from "../../../accounts/servers/server_record.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { ownOrigin } from "../../oauth/own_origin.ts";
import {
  beginSignInSchema,
  finishSignInSchema,
  openedSignInSchema,
  signInSchema,
} from "../../schemas/sign_in_schemas.ts";
import { answerPages } from "../oauth/answer_pages.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, bodyOf } from "./api_parts.ts";
import { targetOf } from "./servers.ts";

const params = z.object({
  id: z.string().openapi({ example: "col_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  serverId: z.string().openapi({ example: "srv_0Nf3vPq8rT1xZ5bC7dE9gH" }),
});

const path = "/api/collections/{id}/servers/{serverId}/sign-in";

const begin = createRoute({
  ...{ method: "post", path, summary: "Begin to sign in to a server" },
  description: "Finds out where, and gives the address to open in a browser within ten minutes, " +
    "which comes back to this gateway. Everybody signs in for themselves.",
  request: { params, body: jsonBody(beginSignInSchema) },
  responses: {
    200: jsonContent(openedSignInSchema, "Where to go on"),
    ...failureAnswers([400, 401, 403, 404, 412, 413, 415, 422, 429, 502, 504]),
  },
});

const finish = createRoute({
  ...{ method: "post", path: `${path}/finish`, summary: "Finish signing in to a server" },
  description: "For those whose browser is not signed in to this gateway: with the address that " +
    "it came back to. Each works once, and for whoever began.",
  request: { params, body: jsonBody(finishSignInSchema) },
  responses: {
    200: jsonContent(signInSchema, "What it led to"),
    ...failureAnswers([400, 401, 403, 404, 412, 413, 415, 422, 429, 502, 504]),
  },
});

const show = createRoute({
  ...{ method: "get", path, summary: "Whether you have signed in to a server" },
  description: "Tokens are never shown.",
  request: { params },
  responses: { 200: jsonContent(signInSchema, "Sign-in"), ...failureAnswers([401, 403, 404]) },
});

const end = createRoute({
  ...{ method: "delete", path, summary: "Sign out of a server" },
  description: "Forgets the tokens, and tells the authorisation server, where it can be told.",
  request: { params },
  responses: { 200: jsonContent(signInSchema, "Sign-in"), ...failureAnswers([401, 403, 404]) },
});

/** `…/sign-in`: people sign in to other servers, each for themselves. */
export function addServerSignIn(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts, upstreams, gate, settings } = options;
  // Loaded with the first request.
  const openDesk = async () => {
    const { SignInDesk } = await import("../../servers/sign_in_desk.ts");
    return new SignInDesk({ accounts, upstreams });
  };
  const look = async (actor: Actor, row: ServerRow) => {
    const { ServerDesk } = await import("../../servers/server_desk.ts");
    await new ServerDesk({ accounts, upstreams }).lookSignedIn(actor, row);
  };
  for (const route of [begin, finish, show, end]) app.openAPIRegistry.registerPath(route);

  app.post(begin.getRoutingPath(), gate.admit(), requireJson(), async (context) => {
    const { clientId, clientSecret } = await bodyOf(context, beginSignInSchema, options);
    const desk = await openDesk();
    return context.json(
      await desk.begin(actorOf(context), {
        ...targetOf(context),
        origin: ownOrigin(context, settings),
        ...(clientId !== undefined && { ownClient: { clientId, clientSecret } }),
      }),
    );
  });

  app.post(finish.getRoutingPath(), gate.admit(), requireJson(), async (context) => {
    const target = targetOf(context);
    const { url } = await bodyOf(context, finishSignInSchema, options);
    const desk = await openDesk();
    await look(actorOf(context), await desk.finish(actorOf(context), new URL(url), target));
    return context.json(await desk.show(context.get("caller"), target));
  });

  app.get(show.getRoutingPath(), async (context) => {
    const desk = await openDesk();
    return context.json(await desk.show(context.get("caller"), targetOf(context)));
  });

  app.delete(end.getRoutingPath(), gate.admit(), async (context) => {
    const desk = await openDesk();
    return context.json(await desk.end(actorOf(context), targetOf(context)));
  });

  app.get(
    "/oauth/upstream/callback",
    gate.admit(),
    answerPages(async (context) => {
      const { signedInPage } = await import("../oauth/oauth_pages.ts");
      const desk = await openDesk();
      if (context.get("caller").kind === "anonymous") throw notFound("server");
      const row = await desk.finish(actorOf(context), new URL(context.req.url));
      await look(actorOf(context), row);
      return await signedInPage({ server: row.name });
    }),
  );
}
