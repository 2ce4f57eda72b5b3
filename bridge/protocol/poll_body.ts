import { z } from "zod";
import { ProtocolViolation } from "./protocol_violation.ts";

/** Names the line that a request is about; absent in the one that opens it. */
export const LINE_HEADER = "x-airlock-line";

/** Of bodies in both directions: a frame on each line. */
export const POLL_TYPE = "application/x-ndjson";

/** What one body carries, one frame at least. */
export const POLL_BODY_CHARACTERS = 1024 * 1024;

/** How a line ended, as a WebSocket says it. */
export interface LineEnd {
  readonly code: number;
  readonly reason: string;
}

/** Frames that go together in one body. */
export interface PollBody {
  readonly frames: readonly string[];
  /** Where nothing comes after these. */
  readonly closed?: LineEnd;
}

const closedSchema = z.object({
  type: z.literal("closed"),
  code: z.int().min(0).max(4999),
  reason: z.string().max(200),
});

const CLOSED = '{"type":"closed"';

/** Writes a body. Frames are JSON, which has no line breaks. */
export function writePoll({ frames, closed }: PollBody): string {
  if (closed === undefined) return frames.join("\n");
  const { code, reason } = closed;
  return [...frames, JSON.stringify({ type: "closed", code, reason })].join("\n");
}

/** Reads a body; its frames are looked at by whoever gets them. @throws {ProtocolViolation}. */
export function readPoll(text: string): PollBody {
  const frames = text.split("\n").filter((line) => line !== "");
  if (!frames.at(-1)?.startsWith(CLOSED)) return { frames };
  const last = closedSchema.safeParse(parseJson(frames.pop() ?? ""));
  if (!last.success) throw new ProtocolViolation("read body: it does not say how it ended");
  return { frames, closed: last.data };
}

/** The first of `frames` that fit into one body, taken out of them. */
export function takeFitting(frames: string[]): string[] {
  let characters = 0;
  let count = 0;
  for (const frame of frames) {
    characters += frame.length;
    if (count > 0 && characters > POLL_BODY_CHARACTERS) break;
    count++;
  }
  return frames.splice(0, count);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
