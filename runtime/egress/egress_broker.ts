import type { NetGrant } from "../../spec/permissions.ts";
import { AirlockError } from "../../spec/errors.ts";
import { type EgressCall, openEgressCall } from "./egress_call.ts";
import { DEFAULT_EGRESS_LIMITS, type EgressLimits } from "./egress_limits.ts";
import { createPrivateAllowance } from "./private_allowance.ts";
import { type HostResolver, systemResolver } from "./resolve_host.ts";

/** How a broker is set up, by the operator. */
export interface EgressBrokerOptions {
  /**
   * Destinations that are not global and yet reachable, where a call's grant covers them too: host
   * patterns, addresses (with or without port), CIDR ranges.
   */
  readonly allowPrivate: readonly string[];
  readonly limits?: Partial<EgressLimits>;
  readonly resolve?: HostResolver;
  readonly now?: () => number;
  /** PEM certificates to trust instead of the system's: for a private authority. */
  readonly ca?: readonly string[];
}

/** Makes requests on behalf of tools: the only way out of a sandbox. */
export interface EgressBroker {
  /**
   * Opens one call's way out. It closes by itself when `deadlineSignal` aborts; close it anyway.
   * Connections are never shared between calls.
   */
  open(grant: NetGrant, options: { readonly deadlineSignal: AbortSignal }): EgressCall;
}

/** @throws {TypeError} for an entry of `allowPrivate` that cannot be read. */
export function createEgressBroker(options: EgressBrokerOptions): EgressBroker {
  const context = {
    allowance: createPrivateAllowance(options.allowPrivate),
    limits: { ...DEFAULT_EGRESS_LIMITS, ...options.limits },
    resolve: options.resolve ?? systemResolver,
    now: options.now ?? (() => performance.now()),
    ca: options.ca,
  };
  return {
    open(grant, { deadlineSignal }) {
      let opened: EgressCall | null = null;
      let closed = false;
      const expire = () => close(deadlineError());
      // Most calls never use the network: what that takes is made at the first request.
      function call(): EgressCall {
        if (opened !== null) return opened;
        opened = openEgressCall(grant, context);
        if (closed || deadlineSignal.aborted) opened.close();
        else deadlineSignal.addEventListener("abort", expire, { once: true });
        return opened;
      }
      function close(reason?: unknown): void {
        closed = true;
        deadlineSignal.removeEventListener("abort", expire);
        opened?.close(reason);
      }
      return {
        request: (wanted, signal) => call().request(wanted, signal),
        exchange: (wanted, signal) => call().exchange(wanted, signal),
        records: () => opened?.records() ?? [],
        close,
        [Symbol.dispose]: () => close(),
      };
    },
  };
}

function deadlineError(): AirlockError {
  return new AirlockError("deadline_exceeded", "use the network: the call ran out of time", {
    stage: "execute",
  });
}
