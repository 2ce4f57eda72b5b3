import type { FakeAuthorization } from "./fake_authorization.ts";
import { FakeUpstream } from "./fake_upstream.ts";

/** A server that knows who comes by tokens of an authorisation server: for tests only. */
export function signedInUpstream(authorization: FakeAuthorization): FakeUpstream {
  const upstream: FakeUpstream = new FakeUpstream({
    get: ({ url }) =>
      new URL(url).pathname.startsWith("/.well-known/oauth-protected-resource")
        ? Response.json({ resource: upstream.url, authorization_servers: [authorization.issuer] })
        : new Response(null, { status: 401 }),
    answer: ({ method, authorization: sent }) => {
      const who = authorization.tokens.get(sent?.slice("Bearer ".length) ?? "");
      if (who === undefined) return new Response(null, { status: 401 });
      if (method !== "tools/call") return undefined;
      return { content: [{ type: "text", text: who }] };
    },
  });
  return upstream;
}
