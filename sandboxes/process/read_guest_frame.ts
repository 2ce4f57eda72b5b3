import { type Frame, FRAME_KINDS, readU32 } from "../protocol/frame.ts";
import type { GuestMessage } from "../protocol/messages.ts";
import { isGuestMessage } from "./is_guest_message.ts";

/** What a frame from a guest says. */
export type GuestFrame =
  | GuestMessage
  | {
    readonly type: "result";
    readonly call: number;
    readonly toolMs: number;
    readonly jsonText: string;
    readonly jsonBytes: number;
  }
  | {
    readonly type: "chunk";
    readonly call: number;
    readonly jsonText: string;
    readonly jsonBytes: number;
  }
  | {
    readonly type: "data";
    readonly stream: number;
    /** A copy, to be kept. */
    readonly bytes: Uint8Array<ArrayBuffer>;
  };

/**
 * Reads a frame from a guest; `null` where it is none. Tool code lives in the realm that wrote it
 * and may have bent what goes into it, so nothing about it is taken for granted.
 */
export function readGuestFrame({ kind, payload }: Frame): GuestFrame | null {
  switch (kind) {
    case FRAME_KINDS.message: {
      const message: unknown = parsed(decoder.decode(payload));
      return isGuestMessage(message) ? message : null;
    }
    case FRAME_KINDS.result: {
      if (payload.length < RESULT_HEADER_BYTES) return null;
      const milliseconds = new DataView(payload.buffer, payload.byteOffset + 4, 8);
      const toolMs = milliseconds.getFloat64(0, true);
      const json = payload.subarray(RESULT_HEADER_BYTES);
      return {
        type: "result",
        call: readU32(payload, 0),
        toolMs: toolMs >= 0 && toolMs < Infinity ? toolMs : 0,
        jsonText: decoder.decode(json),
        jsonBytes: json.length,
      };
    }
    case FRAME_KINDS.chunk: {
      const json = payload.subarray(CALL_BYTES);
      const jsonText = decoder.decode(json);
      return { type: "chunk", call: readU32(payload, 0), jsonText, jsonBytes: json.length };
    }
    case FRAME_KINDS.data: {
      const bytes = new Uint8Array(payload.subarray(CALL_BYTES));
      return { type: "data", stream: readU32(payload, 0), bytes };
    }
    default:
      return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // No JSON is no message.
  }
}

const CALL_BYTES = 4;
const RESULT_HEADER_BYTES = 12;
const decoder = new TextDecoder();
