import type { z } from "zod";
import { type BridgeMessage, fromBridge, fromGateway, type GatewayMessage } from "../protocol.ts";
import { ChunkJoiner } from "./chunk_joiner.ts";
import { CLOSE_CODES, PROTOCOL_LIMITS } from "./protocol_limits.ts";
import { ProtocolViolation } from "./protocol_violation.ts";

/** Reads what a bridge sends. */
export function bridgeReader(): MessageReader<BridgeMessage> {
  return new MessageReader<BridgeMessage>(fromBridge);
}

/** Reads what a gateway sends. */
export function gatewayReader(): MessageReader<GatewayMessage> {
  return new MessageReader<GatewayMessage>(fromGateway);
}

type Read<M> = z.ZodType<M | { readonly type: "chunk" } & Parameters<ChunkJoiner["accept"]>[0]>;

/** Reads the frames of one connection in order. */
export class MessageReader<M extends { readonly type: string }> {
  readonly #schema: Read<M>;
  readonly #joiner = new ChunkJoiner();

  constructor(schema: Read<M>) {
    this.#schema = schema;
  }

  /**
   * Takes the data of one frame. @returns The message when it is complete.
   * @throws {ProtocolViolation} for whatever is none.
   */
  read(data: unknown): M | undefined {
    if (typeof data !== "string") throw new ProtocolViolation("read message: it is not text");
    if (data.length > PROTOCOL_LIMITS.maxFrameCharacters) {
      throw new ProtocolViolation("read frame: it is too large", CLOSE_CODES.tooLarge);
    }
    const message = this.#parse(data);
    if (!isChunk(message)) return message;
    const text = this.#joiner.accept(message);
    if (text === undefined) return undefined;
    const whole = this.#parse(text);
    if (isChunk(whole)) throw new ProtocolViolation("read chunk: it is in another chunk");
    return whole;
  }

  #parse(text: string): z.output<Read<M>> {
    const value = parseJson(text);
    if (isDeeperThan(value, PROTOCOL_LIMITS.maxDepth)) {
      throw new ProtocolViolation("read message: it is nested too deeply");
    }
    const parsed = this.#schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.join(".").replaceAll(/[^\w.-]/g, "?") ?? "";
    throw new ProtocolViolation(`read message: it is not of the protocol (${where.slice(0, 60)})`);
  }
}

function isChunk(
  message: { readonly type: string },
): message is { readonly type: "chunk" } & Parameters<ChunkJoiner["accept"]>[0] {
  return message.type === "chunk";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtocolViolation("read message: it is not JSON");
  }
}

/** Looks no deeper than that: a message that is nested a million times must not use up the stack. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const one of Array.isArray(value) ? value : Object.values(value)) {
    if (isDeeperThan(one, levels - 1)) return true;
  }
  return false;
}
