import { timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { AirlockError } from "../../spec/errors.ts";
import type { GatewayEnv } from "../gateway_env.ts";

/**
 * Lets a request through that carries the key as `authorization: Bearer` or `x-api-key`. Comparing
 * takes the same time whatever was sent, short of its length.
 * @throws {AirlockError} `unauthenticated`.
 */
export function requireApiKey(apiKey: string): MiddlewareHandler<GatewayEnv> {
  const encoder = new TextEncoder();
  const expected = encoder.encode(apiKey);
  const matches = (given: string) => {
    const bytes = new Uint8Array(expected.length);
    const { read, written } = encoder.encodeInto(given, bytes);
    const complete = read === given.length && written === expected.length;
    return timingSafeEqual(bytes, expected) && complete;
  };
  return async function authenticate(context, next) {
    const bearer = /^bearer +(\S.*)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    const given = bearer ?? context.req.header("x-api-key");
    if (given === undefined || !matches(given)) {
      const state = given === undefined ? "no key was sent" : "the key is not valid";
      throw new AirlockError("unauthenticated", `authenticate: ${state}`, {
        stage: "request",
        suggestion: "Send the API key as authorization: Bearer <key> or x-api-key: <key>.",
      });
    }
    await next();
  };
}
