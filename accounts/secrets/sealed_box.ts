import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { AirlockError } from "../../spec/errors.ts";

/** Length of keys for {@linkcode seal}. */
export const SEAL_KEY_BYTES = 32;

const ALGORITHM = "aes-256-gcm";
const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES;

/** Where a sealed value belongs, part by part: it opens nowhere else. */
export interface SealPlace {
  readonly place: readonly string[];
}

/**
 * Encrypts with AES-256-GCM under a random nonce. Format: 1 byte of version, 12 of nonce, ciphertext,
 * 16 of tag.
 */
export function seal(plain: Uint8Array, key: Uint8Array, { place }: SealPlace): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(placeBytes(place));
  const [start, end] = [cipher.update(plain), cipher.final()];
  return Uint8Array.from([FORMAT, ...nonce, ...start, ...end, ...cipher.getAuthTag()]);
}

/**
 * Decrypts what {@linkcode seal} made for that place.
 * @throws {AirlockError} `internal` where key, place or a single bit is another.
 */
export function unseal(sealed: Uint8Array, key: Uint8Array, { place }: SealPlace): Uint8Array {
  if (sealed.length < HEAD_BYTES + TAG_BYTES || sealed[0] !== FORMAT) throw notOurs();
  try {
    const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(1, HEAD_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(placeBytes(place));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const start = decipher.update(sealed.subarray(HEAD_BYTES, -TAG_BYTES));
    return Uint8Array.from([...start, ...decipher.final()]);
  } catch (cause) {
    throw notOurs(cause);
  }
}

/** JSON keeps the parts apart: no two places read the same. */
function placeBytes(place: readonly string[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(["airlock", ...place]));
}

function notOurs(cause?: unknown): AirlockError {
  return new AirlockError("internal", "open secret: it was not sealed for this place", {
    stage: "request",
    suggestion: "Store the secret again; if all of them fail, check AIRLOCK_MASTER_KEY.",
    retryable: false,
    cause,
  });
}
