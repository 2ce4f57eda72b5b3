import { hash } from "node:crypto";
import { base62 } from "../../registry/database/base62.ts";

const ID_PREFIX = "key_";
const SECRET_BYTES = 32;
const TOKEN = /^airlock_sk_([0-9A-Za-z]{22})_[0-9A-Za-z]{43}$/;

/** Characters of a token's end that are kept to recognise it by: 18 bits of 256. */
const HINT_CHARACTERS = 3;

/** A key as it is handed out once. */
export interface NewToken {
  /** `airlock_sk_<id>_<secret>`. */
  readonly token: string;
  readonly hash: Uint8Array;
  /** How lists show it. */
  readonly hint: string;
}

/** Makes the token of the key with that id: 256 random bits. */
export function newToken(id: string): NewToken {
  const secret = base62(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
  const token = `airlock_sk_${id.slice(ID_PREFIX.length)}_${secret}`;
  return { token, hash: hashToken(token), hint: `…${token.slice(-HINT_CHARACTERS)}` };
}

/** The id in a token; `undefined` where the text is no token. */
export function idOfToken(token: string): string | undefined {
  const match = TOKEN.exec(token);
  return match === null ? undefined : `${ID_PREFIX}${match[1]}`;
}

/** SHA-256 of a whole token. Its secret is random: there is nothing for a slow hash to slow down. */
export function hashToken(token: string): Uint8Array {
  return hash("sha256", token, "buffer");
}
