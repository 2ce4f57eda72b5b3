import { AirlockError } from "../../spec/errors.ts";
import type { AddressClass } from "./address_class.ts";
import { grantFor, type NetTarget } from "./net_grant.ts";
import type { EgressLimits } from "./egress_limits.ts";

/** The grant does not cover `target`: says which one would. */
export function notGranted(target: NetTarget, redirectedFrom?: string): AirlockError {
  const grant = grantFor(target);
  const after = redirectedFrom === undefined ? "" : `, where ${redirectedFrom} redirects`;
  return new AirlockError("permission_denied", `request to ${grant}${after}: not granted`, {
    stage: "execute",
    suggestion: `Grant it with permissions.net: ["${grant}"]`,
    details: { host: target.host, grant, ...(redirectedFrom && { redirectedFrom }) },
  });
}

/** A name or address that leads somewhere not public. The address itself stays out of the error. */
export function addressRefused(target: NetTarget, reason: AddressClass): AirlockError {
  const host = grantFor(target);
  return new AirlockError("permission_denied", `request to ${host}: leads to a ${reason} address`, {
    stage: "execute",
    suggestion:
      "Only public addresses are reachable; the operator can open others with AIRLOCK_NET_ALLOW_PRIVATE",
    details: { host: target.host, reason },
  });
}

/** A request that is malformed, or of a kind that is never made. */
export function badRequest(state: string, cause?: unknown): AirlockError {
  return new AirlockError("invalid_input", `make a network request: ${state}`, {
    stage: "execute",
    cause,
  });
}

/** One of {@linkcode EgressLimits} was reached. */
export function limitReached(limit: keyof EgressLimits, value: number): AirlockError {
  return new AirlockError("resource_limit", `use the network: the limit ${limit} is ${value}`, {
    stage: "execute",
    details: { limit: `egress.${limit}`, value },
  });
}

/** The other side failed. `reason` is a stable word or system error code. */
export function upstreamFailed(
  host: string,
  failure: { readonly state: string; readonly reason: string; readonly cause?: unknown },
): AirlockError {
  return new AirlockError("upstream_failed", `request to ${host}: ${failure.state}`, {
    stage: "execute",
    details: { host, reason: failure.reason },
    cause: failure.cause,
  });
}

const STATES: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host was not found",
  EAI_AGAIN: "the name service did not answer",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was closed by the other side",
  EPIPE: "the connection was closed by the other side",
  ETIMEDOUT: "the connection timed out",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not trusted",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not trusted",
};

/** Turns what a socket, the resolver, the HTTP parser or a decompressor threw into our error. */
export function fromSystemError(host: string, cause: unknown): AirlockError {
  if (cause instanceof AirlockError) return cause;
  const reason = systemCode(cause);
  const state = STATES[reason] ??
    (reason.startsWith("HPE_")
      ? "the answer is not valid HTTP"
      : /^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT)/.test(reason)
      ? "the body of the answer cannot be decoded"
      : "the connection failed");
  return upstreamFailed(host, { state, reason, cause });
}

/** The `code` of a system error; an aggregate of connection attempts has its first one's. */
export function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError) return systemCode(error.errors[0]);
  return "unknown";
}
