import { z } from "zod";
import { isRedirectUri } from "./redirect_uri.ts";
import { type OauthClient, UNNAMED_CLIENT } from "./oauth_client.ts";
import { oauthRefusal } from "./oauth_refusal.ts";

const MAX_REDIRECT_URIS = 10;
const MAX_NAME_CHARACTERS = 100;

/** Control characters, and what turns or hides writing. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{DI}]+/gu;

const name = z.string().transform((text) => {
  const shown = text.normalize("NFC").replaceAll(UNSEEN, " ").trim();
  return shown === "" ? UNNAMED_CLIENT : [...shown].slice(0, MAX_NAME_CHARACTERS).join("");
}).catch(UNNAMED_CLIENT);

const redirectUris = z.array(z.string()).min(1).max(MAX_REDIRECT_URIS);

/** Members of RFC 7591 that mean something here; clients send more, which says nothing to us. */
const registration = z.looseObject({ redirect_uris: redirectUris, client_name: name });

const document = z.looseObject({
  client_id: z.string(),
  redirect_uris: redirectUris,
  client_name: name,
  token_endpoint_auth_method: z.literal("none").optional(),
});

/**
 * What a client says of itself when it registers.
 * @throws {AirlockError} `invalid_input`.
 */
export function parseRegistration(body: unknown): Omit<OauthClient, "id"> {
  const { success, data } = registration.safeParse(body);
  if (!success) {
    throw oauthRefusal(
      "invalid_redirect_uri",
      `redirect_uris is not a list of 1 to ${MAX_REDIRECT_URIS} addresses`,
    );
  }
  return { name: data.client_name, redirectUris: data.redirect_uris };
}

/**
 * Whether a client's id is the address of a document about it: HTTPS, with a path, and nothing that
 * would make two addresses of one (draft-ietf-oauth-client-id-metadata-document §3).
 */
export function isDocumentId(id: string): boolean {
  const url = URL.parse(id);
  return url !== null && id.length <= 500 && url.protocol === "https:" && url.href === id &&
    url.pathname !== "/" && !id.includes("#") && url.username === "" && url.password === "";
}

/**
 * The client that a document describes which was read at the address `id`.
 * @throws {AirlockError} `unauthenticated` where the document is of another client or no such thing.
 */
export function parseClientDocument(id: string, body: unknown): OauthClient {
  const { data } = document.safeParse(body);
  const isRight = data !== undefined && data.client_id === id &&
    data.redirect_uris.every(isRedirectUri);
  if (!isRight) {
    throw oauthRefusal(
      "invalid_client",
      "the document at client_id does not describe such a client",
      {
        suggestion:
          "Serve client_id as it is asked for, redirect_uris, and no token_endpoint_auth_method but none.",
      },
    );
  }
  return { id, name: data.client_name, redirectUris: data.redirect_uris };
}
