import type { Caller } from "../spec/account.ts";
import { AirlockError } from "../spec/errors.ts";
import type { ExecutionRequest } from "../spec/execution.ts";
import type { AgentCall, CallThrough } from "../accounts/through/call_through.ts";
import { notFound } from "../accounts/require_permission.ts";
import { findOffered, type ToolNaming } from "../accounts/through/find_offered.ts";
import type { OfferedTool } from "../accounts/through/offered_tool.ts";
import { isExactVersion } from "../runtime/artifact/exact_version.ts";
import type { CallPins, PinnedContext } from "./call_pins.ts";
import { callableSource } from "./callable_source.ts";
import type { GatewayOptions } from "./gateway_options.ts";

/** Which tool is called through which collection. */
export interface OfferedCall {
  readonly collectionId: string;
  readonly naming: ToolNaming;
}

/** What a call through a collection runs, and what it is held to. */
export interface Offered {
  readonly ref: Required<Pick<ExecutionRequest, "packageName" | "version" | "name" | "source">>;
  readonly pinned: PinnedContext;
}

/**
 * Finds what a caller means by a tool of a collection.
 * @throws {AirlockError} `not_found` for a collection and `tool_not_found` for a tool that is not there
 * or not seen; `conflict`, `quarantined`, `no_runtime`, `permission_denied`, `upstream_failed`.
 */
export async function findOfferedCall(
  caller: Caller,
  { collectionId, naming }: OfferedCall,
  { accounts, pins }: Pick<GatewayOptions, "accounts" | "pins">,
): Promise<Offered> {
  const collection = await accounts?.findCallable(caller, { collectionId });
  if (collection === undefined || pins === undefined) throw nothingOffered();
  const offered = await heldCall(findOffered(caller, collection, naming), { collectionId, pins });
  const { version } = offered.ref;
  const wished = "version" in naming ? naming.version : undefined;
  if (wished !== undefined && isExactVersion(wished) && wished !== version) {
    throw otherVersion(wished, version);
  }
  return offered;
}

/**
 * Finds what a caller that is held to collections means by a tool: in the first of them that has it.
 * @throws {AirlockError} as {@linkcode findOfferedCall} does.
 */
export async function findHeldCall(
  caller: Caller,
  { tool }: { readonly tool: string },
  options: Pick<GatewayOptions, "accounts" | "pins">,
): Promise<Offered & { readonly through: CallThrough }> {
  for (const collectionId of caller.collections ?? []) {
    try {
      const call = { collectionId, naming: { tool } };
      return { ...await findOfferedCall(caller, call, options), through: { collectionId } };
    } catch (error) {
      const isElsewhere = error instanceof AirlockError &&
        (error.code === "not_found" || error.code === "tool_not_found");
      if (!isElsewhere) throw error;
    }
  }
  throw notFound("tool");
}

/** What a call of an agent's tool runs; held to a pin where it comes through a collection. */
export interface AgentOffered extends Pick<Offered, "ref">, Partial<Pick<Offered, "pinned">> {
  readonly through: CallThrough;
}

/**
 * Finds what a caller means by a tool of an agent.
 * @throws {AirlockError} as {@linkcode findOfferedCall} does.
 */
export async function findAgentCall(
  caller: Caller,
  call: AgentCall,
  { accounts, pins }: Pick<GatewayOptions, "accounts" | "pins">,
): Promise<AgentOffered> {
  const { agentId } = call;
  const found = await accounts?.findAgentTool(caller, call);
  if (found === undefined || pins === undefined) throw nothingOffered();
  const { collectionId, packageName, version, name, source } = found;
  if (collectionId !== null) {
    const held = await heldCall(found, { collectionId, pins });
    return { ...held, through: { agentId, collectionId } };
  }
  const ref = { packageName, version, name, source: callableSource(source) };
  return { ref, through: { agentId } };
}

async function heldCall(
  { id: toolId, name, source }: OfferedTool,
  { collectionId, pins }: { readonly collectionId: string; readonly pins: CallPins },
): Promise<Offered> {
  const pinned = await pins.contextOf({ collectionId, toolId });
  if (pinned === null) throw notPinned(toolId);
  const { packageName, version } = pinned.pin;
  return { ref: { packageName, version, name, source: callableSource(source) }, pinned };
}

function nothingOffered(): AirlockError {
  return new AirlockError("not_found", "find collection: this gateway keeps none", {
    stage: "request",
  });
}

function notPinned(toolId: string): AirlockError {
  return new AirlockError("quarantined", "call through collection: the tool is not pinned there", {
    stage: "resolve",
    suggestion: "Take the tool out of the collection and add it again.",
    details: { tool: toolId },
  });
}

function otherVersion(wished: string, version: string): AirlockError {
  return new AirlockError(
    "quarantined",
    `call through collection: version ${wished} was not accepted`,
    {
      stage: "resolve",
      suggestion: `Leave the version out: the collection has ${version}.`,
      details: { pinnedVersion: version },
    },
  );
}
