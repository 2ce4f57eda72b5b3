import { lookup } from "node:dns/promises";
import { addressFaces, isIpAddress } from "./address_class.ts";
import { addressRefused, fromSystemError, upstreamFailed } from "./egress_errors.ts";
import type { NetTarget } from "./net_grant.ts";
import type { PrivateAllowance } from "./private_allowance.ts";

/** An address that passed every check: connect to this one, not to the name. */
export interface PinnedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Turns a name into its addresses. */
export type HostResolver = (host: string) => Promise<readonly string[]>;

/** Asks the system: the same answer as every other program's, the hosts file included. */
export const systemResolver: HostResolver = async (host) =>
  (await lookup(host, { all: true })).map((answer) => answer.address);

/**
 * The addresses of `target.host`, all of them checked: one that is neither global nor allowed by
 * the operator refuses the whole name, so an attacker gains nothing by mixing answers.
 * @throws {AirlockError} `permission_denied` with the class of the refused address,
 * `upstream_failed` where the name does not resolve.
 */
export async function resolveHost(
  target: NetTarget,
  options: { readonly resolve: HostResolver; readonly allowance: PrivateAllowance },
): Promise<readonly PinnedAddress[]> {
  const answers = isIpAddress(target.host) ? [unbracket(target.host)] : await ask(target, options);
  return answers.map((address) => {
    for (const face of addressFaces(address)) {
      if (face.class !== "global" && !options.allowance.allows(face, target)) {
        throw addressRefused(target, face.class);
      }
    }
    return { address, family: address.includes(":") ? 6 : 4 };
  });
}

async function ask(
  target: NetTarget,
  options: { readonly resolve: HostResolver },
): Promise<readonly string[]> {
  let answers: readonly string[];
  try {
    answers = await options.resolve(target.host);
  } catch (cause) {
    throw fromSystemError(target.host, cause);
  }
  if (answers.length === 0) {
    throw upstreamFailed(target.host, { state: "the host was not found", reason: "ENOTFOUND" });
  }
  return answers;
}

function unbracket(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1) : host;
}
