import { classifyAddress } from "../../runtime/egress/address_class.ts";
import { targetOf } from "../../runtime/egress/net_grant.ts";
import type { PrivateAllowance } from "../../runtime/egress/private_allowance.ts";
import { refusedPlace } from "./upstream_errors.ts";
import type { UpstreamPlace } from "./upstream_target.ts";

/** What the operator allows. */
export interface PlaceRules {
  /** Places to which what is not encrypted may go. */
  readonly allowance: PrivateAllowance;
  /** Commands that may be started, word by word. */
  readonly commands: readonly (readonly string[])[];
}

/**
 * Lets through a place that may be connected to at all. Addresses are checked when a connection is made.
 * @throws {AirlockError} `permission_denied`.
 */
export function checkPlace(place: UpstreamPlace, { allowance, commands }: PlaceRules): void {
  if (place.kind === "command") {
    const words = JSON.stringify(place.command);
    if (commands.some((allowed) => JSON.stringify(allowed) === words)) return;
    throw refusedPlace(
      "the gateway's operator does not let this command be started",
      "Ask for it in AIRLOCK_MCP_STDIO_COMMANDS, word by word.",
    );
  }
  const url = URL.parse(place.url);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw refusedPlace("it has no web address", "Give it a URL that begins with https.");
  }
  if (url.username !== "" || url.password !== "") {
    throw refusedPlace("its URL holds credentials", "Send them in a header.");
  }
  if (url.protocol === "https:") return;
  const target = targetOf(url);
  const face = { address: target.host, class: classifyAddress(target.host) };
  if (allowance.allows(face, target)) return;
  throw refusedPlace(
    "its address does not begin with https",
    "Use https; the gateway's operator can allow a private place with AIRLOCK_NET_ALLOW_PRIVATE.",
  );
}
