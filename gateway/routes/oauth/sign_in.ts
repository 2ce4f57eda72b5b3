import type { OpenAPIHono } from "@hono/zod-openapi";
import type { GatewayEnv } from "../../gateway_env.ts";
import { answerPages } from "./answer_pages.ts";
import { faultPage, signInPage, type SignInPlace } from "./oauth_pages.ts";
import { requireOwnForm } from "../../oauth/own_origin.ts";
import { readForm } from "./read_form.ts";
import type { OauthOptions } from "./oauth_parts.ts";

/**
 * `POST /oauth/sign-in`: a session by address and password, as `POST /api/auth/sign-in/email` gives it
 * and as often as that allows it, for browsers that come to allow a client or a machine something.
 */
export function addSignIn(app: OpenAPIHono<GatewayEnv>, options: OauthOptions): void {
  const { accounts, settings } = options;
  app.post(
    "/oauth/sign-in",
    answerPages(async (context) => {
      requireOwnForm(context, settings);
      const form = await readForm(context, settings);
      const query = form.get("query") ?? "";
      const place = placeOf(form.get("place"));
      const people = await accounts.people();
      const { url, signal } = context.req.raw;
      // The form's origin has been checked, and no cookie is passed on that could stand for somebody.
      const request = new Request(new URL("/api/auth/sign-in/email", url), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email: form.get("email"), password: form.get("password") }),
        signal,
      });
      const answer = await people.handle(request, {
        address: context.get("address"),
        caller: context.get("caller"),
        requestId: context.get("requestId"),
      });
      await answer.body?.cancel();
      if (answer.status >= 500) {
        return await faultPage({ state: "Nobody can sign in at the moment.", status: 503 });
      }
      if (!answer.ok) return await signInPage({ place, query, failed: true });
      const location = `/oauth/${place}?${new URLSearchParams(query)}`;
      const headers = new Headers({ location });
      for (const cookie of answer.headers.getSetCookie()) headers.append("set-cookie", cookie);
      return new Response(null, { status: 303, headers });
    }),
  );
}

/** Back to one of our own pages, whatever the form says. */
function placeOf(named: string | undefined): SignInPlace {
  return named === "device" ? "device" : "authorize";
}
