import { hash, timingSafeEqual } from "node:crypto";

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** Whether a text can be a challenge by S256 (RFC 7636 §4.2). */
export function isCodeChallenge(text: string): boolean {
  return CHALLENGE.test(text);
}

/** Whether `verifier` is what `challenge` was made of (RFC 7636 §4.6). */
export function isVerifierOf(challenge: string, verifier: string): boolean {
  if (!VERIFIER.test(verifier) || !CHALLENGE.test(challenge)) return false;
  const made = hash("sha256", verifier, "base64url");
  return timingSafeEqual(new TextEncoder().encode(made), new TextEncoder().encode(challenge));
}
