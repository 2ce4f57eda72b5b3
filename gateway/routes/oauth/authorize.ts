import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { allowClient, askCaller, denyClient } from "../../../accounts/oauth/authorization.ts";
import { requirePerson } from "../../../accounts/oauth/read_grants.ts";
import { callerOfGrant } from "../../../accounts/oauth/token_verifier.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import type { Caller } from "../../../spec/account.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { answerUrl, checkClientRequest, type ClientRequest } from "./client_request.ts";
import { describePerson } from "./describe_person.ts";
import { consentPage, faultPage, returnPage, signInPage } from "./oauth_pages.ts";
import { ownOrigin, requireOwnForm } from "../../oauth/own_origin.ts";
import { readForm, readParameters, requireParameter } from "./read_form.ts";
import { actorOf } from "../api/api_parts.ts";
import { answerPages } from "./answer_pages.ts";
import { createFindClient, type OauthOptions } from "./oauth_parts.ts";

/** `/oauth/authorize`: somebody is asked whether a client may call their tools, and answers. */
export function addAuthorize(app: OpenAPIHono<GatewayEnv>, options: OauthOptions): void {
  const { accounts, settings } = options;
  const findClient = createFindClient(options);

  app.get(
    "/oauth/authorize",
    answerPages(async (context) => {
      const { search } = new URL(context.req.url);
      const origin = ownOrigin(context, settings);
      const request = await checkClientRequest(readParameters(search), { origin, findClient });
      const caller = context.get("caller");
      // Whatever the client asks for, and whether that is there, is told to whoever has signed in.
      if (caller.kind === "anonymous") {
        return await signInPage({ place: "authorize", query: search.slice(1) });
      }
      requirePerson(caller);
      return await ask(context, request, options);
    }),
  );

  app.post(
    "/oauth/authorize",
    answerPages(async (context) => {
      requireOwnForm(context, settings);
      const actor = actorOf(context);
      requirePerson(actor.caller);
      const form = await readForm(context, settings);
      const request = requireParameter(form, "request");
      const isAllowed = requireParameter(form, "decision") === "allow";
      const decided = await accounts.sql.begin((tx: AnySql) =>
        isAllowed ? allowClient(tx, actor, { request }) : denyClient(tx, actor, { request })
      );
      if (decided === null) {
        return await faultPage({ state: "This was answered before, or too late.", status: 400 });
      }
      const to = { ...decided, issuer: ownOrigin(context, settings) };
      const { code } = decided;
      const answer: Record<string, string> = code === null ? { error: "access_denied" } : { code };
      return await returnPage(decided, answerUrl(to, answer));
    }),
  );
}

/** Shows what the client could do: the tools that it would see itself. */
async function ask(
  context: Context<GatewayEnv>,
  asked: ClientRequest,
  { accounts: { sql }, desk: openDesk }: OauthOptions,
): Promise<Response> {
  const { client, redirectUri, endpoint, ...rest } = asked;
  const caller = context.get("caller");
  const desk = await openDesk();
  const part = endpoint.collection === undefined
    ? desk.everything(caller)
    : await desk.partAt(caller, endpoint.collection);
  const { collectionId } = part.audience;
  const tools = await desk.tools.toolbox.list({
    collectionId,
    caller: clientOf(caller, { endpoint: endpoint.path, collectionId }),
  });
  const request = await askCaller(sql, caller, {
    ...{ clientId: client.id, clientName: client.name, redirectUri, collectionId },
    ...{ ...rest, endpoint: endpoint.path },
  });
  return await consentPage({
    clientName: client.name,
    clientHost: client.id.includes(":") ? new URL(client.id).host : undefined,
    redirectUri,
    title: collectionId === null ? "all collections of the account" : part.title,
    isAll: collectionId === null,
    tools: tools.map(({ name, tool }) => ({ name, title: tool.displayName ?? tool.toolName })),
    person: await describePerson(sql, caller),
    request,
  });
}

/** Who the client would be if it were let in. */
function clientOf(
  { tenant, userId, tier }: Caller,
  to: { readonly endpoint: string; readonly collectionId: string | null },
): Caller {
  return callerOfGrant({ id: "grt_asked", tenant, userId, tier, ...to });
}
