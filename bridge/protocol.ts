import { z } from "zod";
import { isJsonObject, type JsonObject, type JsonSchema } from "../spec/json.ts";
import { libraryRequest } from "./protocol/library_request.ts";
import { plainText as text } from "./protocol/plain_text.ts";
import { PROTOCOL_LIMITS } from "./protocol/protocol_limits.ts";

const LIMITS = PROTOCOL_LIMITS;

/** JSON that no database takes: NUL, and halves of characters. */
const UNKEEPABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

const jsonObject = z.custom<JsonObject>(isJsonObject);

const schema = z.custom<JsonSchema>(isJsonObject).refine((value) => {
  const written = JSON.stringify(value);
  return written.length <= LIMITS.maxSchemaCharacters && !UNKEEPABLE.test(written);
});

/** Who asks, for the log of the machine's owner. */
const caller = z.object({ kind: z.string().max(20), id: z.string().max(200) });

/** Left for it, since clocks differ. */
const deadlineMs = z.int().min(1).max(3_600_000);

const callId = z.string().regex(/^[0-9a-f-]{36}$/);

/** What names a server of a bridge, and a bridge of an account. */
export const bridgeName = z.string().regex(
  /^[a-z0-9](?:[a-z0-9_-]{0,30}[a-z0-9])?$/,
  "needs 1 to 32 lower-case letters, digits, hyphens and underscores",
);

/** As MCP names tools, and a little more, since servers do. */
const toolName = text(128).min(1);

const annotations = z.object({
  readOnlyHint: z.boolean().optional(),
  destructiveHint: z.boolean().optional(),
  idempotentHint: z.boolean().optional(),
  openWorldHint: z.boolean().optional(),
});

/** A tool as a bridge offers it. */
export const bridgeToolSchema = z.object({
  name: toolName,
  description: text(LIMITS.maxDescriptionCharacters),
  inputSchema: schema,
  outputSchema: schema.nullable(),
  annotations: annotations.optional(),
});

/** One of {@linkcode bridgeToolSchema}. */
export type BridgeTool = z.output<typeof bridgeToolSchema>;

/** A resource as a bridge offers it. */
export const bridgeResourceSchema = z.object({
  uri: text(LIMITS.maxTextCharacters).min(1),
  name: text(200),
  description: text(LIMITS.maxTextCharacters).optional(),
  mimeType: text(200).optional(),
});

/** One of {@linkcode bridgeResourceSchema}. */
export type BridgeResource = z.output<typeof bridgeResourceSchema>;

/** A prompt as a bridge offers it. */
export const bridgePromptSchema = z.object({
  name: text(200).min(1),
  description: text(LIMITS.maxTextCharacters).optional(),
  arguments: z.array(z.object({
    name: text(200),
    description: text(LIMITS.maxTextCharacters).optional(),
    required: z.boolean().optional(),
  })).max(LIMITS.maxArguments).optional(),
});

/** One of {@linkcode bridgePromptSchema}. */
export type BridgePrompt = z.output<typeof bridgePromptSchema>;

/** Servers with what they offer: every id and, within a server, every name once. */
const servers = z.array(z.object({
  id: bridgeName,
  name: text(100),
  tools: z.array(bridgeToolSchema).max(LIMITS.maxTools),
  /** Beside its tools; told of by the bridges that know how. */
  resources: z.array(bridgeResourceSchema).max(LIMITS.maxResources).optional(),
  prompts: z.array(bridgePromptSchema).max(LIMITS.maxPrompts).optional(),
})).max(LIMITS.maxServers).refine((all) =>
  new Set(all.map(({ id }) => id)).size === all.length &&
  all.every(({ tools }) => new Set(tools.map(({ name }) => name)).size === tools.length) &&
  all.reduce((sum, { tools }) => sum + tools.length, 0) <= LIMITS.maxTools
);

/** What a bridge offers, by server. */
export type BridgeServers = z.output<typeof servers>;

/** What goes on from a connection that was lost. */
const resume = z.object({
  token: z.string().max(100),
  /** Calls that the bridge has: running, or done and not yet heard of. All others never came. */
  calls: z.array(callId).max(10_000),
});

const chunk = z.object({
  type: z.literal("chunk"),
  id: callId,
  index: z.int().min(0),
  count: z.int().min(2),
  data: z.string().min(1).max(LIMITS.chunkCharacters),
});

/** Why a bridge did not answer a call. */
export const BRIDGE_FAILURES = [
  "server_unavailable",
  "tool_not_found",
  "not_offered",
  "not_allowed",
  "invalid_arguments",
  "failed",
  "cancelled",
  "deadline_exceeded",
  "too_large",
  "busy",
] as const;

/** One of {@linkcode BRIDGE_FAILURES}. */
export type BridgeFailure = typeof BRIDGE_FAILURES[number];

/** What a bridge says. */
export const fromBridge = z.discriminatedUnion("type", [
  chunk,
  z.object({
    type: z.literal("register"),
    protocol: z.int(),
    name: bridgeName,
    clientVersion: text(50),
    os: text(50),
    servers,
    /** What it can do that older ones could not; what a gateway does not know, it leaves. */
    features: z.array(text(50)).max(20).optional(),
    resume: resume.optional(),
  }),
  /** Instead of what was registered. */
  z.object({ type: z.literal("tools"), servers }),
  z.object({
    type: z.literal("tool_result"),
    callId,
    /** As MCP answers what was asked for, `tools/call` or another; looked at by whoever passes it on. */
    result: jsonObject,
  }),
  z.object({
    type: z.literal("tool_error"),
    callId,
    code: z.enum(BRIDGE_FAILURES),
    message: z.string().max(LIMITS.maxTextCharacters),
  }),
  z.object({
    type: z.literal("progress"),
    callId,
    message: z.string().max(LIMITS.maxTextCharacters),
  }),
  /** The key that this bridge goes on with, in place of the one it came with. */
  z.object({ type: z.literal("renew"), apiKey: z.string().min(1).max(1_000) }),
  z.object({ type: z.literal("pong") }),
]);

/** What a gateway says. */
export const fromGateway = z.discriminatedUnion("type", [
  chunk,
  z.object({
    type: z.literal("registered"),
    protocol: z.int(),
    bridgeId: z.string().max(100),
    resumeToken: z.string().max(100),
    /** Whether calls of the connection before go on. */
    resumed: z.boolean(),
    /** A gateway that says nothing for twice as long has gone. */
    heartbeatMs: z.int().min(10).max(600_000),
  }),
  z.object({
    type: z.literal("tool_call"),
    callId,
    serverId: z.string().max(100),
    toolName: z.string().max(128),
    args: jsonObject,
    deadlineMs,
    caller,
  }),
  /**
   * Asks a server for something else that it offers. Answered as a call of a tool is, and by the same
   * rules; for bridges with {@linkcode LIBRARY_FEATURE} alone.
   */
  z.object({
    type: z.literal("library_call"),
    callId,
    serverId: z.string().max(100),
    request: libraryRequest,
    deadlineMs,
    caller,
  }),
  z.object({ type: z.literal("cancel"), callId }),
  /** The end of a call has come: it need not be kept any longer. */
  z.object({ type: z.literal("received"), callId }),
  /** Whether it goes on with the key it was told of; with the one before where not. */
  z.object({ type: z.literal("renewed"), accepted: z.boolean() }),
  z.object({ type: z.literal("ping") }),
]);

/** A message of a bridge, put together. */
export type BridgeMessage = Exclude<z.output<typeof fromBridge>, { type: "chunk" }>;

/** A message of a gateway, put together. */
export type GatewayMessage = Exclude<z.output<typeof fromGateway>, { type: "chunk" }>;

/** A message of that type. */
export type MessageOf<M extends { readonly type: string }, T extends M["type"]> = Extract<
  M,
  { readonly type: T }
>;

/** What a gateway wants to have done: answered with `tool_result` or `tool_error`. */
export type GatewayCall = MessageOf<GatewayMessage, "tool_call" | "library_call">;
