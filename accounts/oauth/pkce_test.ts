import assert from "node:assert/strict";
import { isCodeChallenge, isVerifierOf } from "./pkce.ts";

// RFC 7636, appendix B.
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

Deno.test("isVerifierOf() knows the example of the RFC", () => {
  assert.ok(isCodeChallenge(CHALLENGE));
  assert.ok(isVerifierOf(CHALLENGE, VERIFIER));
});

Deno.test("isVerifierOf() refuses others, plain challenges among them", () => {
  for (
    const verifier of ["", CHALLENGE, `${VERIFIER}x`, VERIFIER.slice(1), VERIFIER.toLowerCase()]
  ) {
    assert.ok(!isVerifierOf(CHALLENGE, verifier), verifier);
  }
  assert.ok(!isVerifierOf(VERIFIER, VERIFIER));
  assert.ok(!isCodeChallenge(`${CHALLENGE}=`));
});
