import { hash } from "node:crypto";
import { base62 } from "../../registry/database/base62.ts";
import { newId } from "../../registry/database/new_id.ts";

const SECRET_BYTES = 32;

/** Prefixes of what clients hold; each is of one kind only. */
const PREFIXES = { access: "airlock_at", refresh: "airlock_rt" } as const;

/** Kinds of tokens. */
export type TokenKind = keyof typeof PREFIXES;

const TOKEN = /^airlock_(at|rt)_([0-9A-Za-z]{22})_[0-9A-Za-z]{43}$/;

/** A token as it is handed out once. */
export interface NewOauthToken {
  readonly id: string;
  readonly token: string;
  readonly hash: Uint8Array;
}

/** Makes a token: 256 random bits beside its id. */
export function newOauthToken(kind: TokenKind): NewOauthToken {
  const id = newId("tok");
  const token = `${PREFIXES[kind]}_${id.slice("tok_".length)}_${randomText()}`;
  return { id, token, hash: sha256(token) };
}

/** The id in a token, and its kind; `undefined` where the text is none. */
export function partsOfToken(
  token: string,
): { readonly kind: TokenKind; readonly id: string } | undefined {
  const match = TOKEN.exec(token);
  if (match === null) return undefined;
  return { kind: match[1] === "at" ? "access" : "refresh", id: `tok_${match[2]}` };
}

/** 256 random bits as text: a code, or what a page sends back. */
export function randomText(): string {
  return base62(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

/** SHA-256 of a secret that is random itself: there is nothing for a slow hash to slow down. */
export function sha256(text: string): Uint8Array {
  return hash("sha256", text, "buffer");
}
