import { CLOSE_CODES, PROTOCOL_LIMITS } from "./protocol_limits.ts";
import { ProtocolViolation } from "./protocol_violation.ts";

/** A part of a message that is too long for one frame. */
export interface Chunk {
  readonly id: string;
  readonly index: number;
  readonly count: number;
  readonly data: string;
}

interface Assembly {
  readonly count: number;
  readonly parts: string[];
  characters: number;
}

/** Bounds of a {@linkcode ChunkJoiner}. */
export type ChunkBounds = Pick<
  typeof PROTOCOL_LIMITS,
  "maxMessageCharacters" | "maxAssemblies" | "chunkCharacters"
>;

/**
 * Puts messages together again. Parts come in order, those of different messages in any: a connection
 * reorders nothing, so what does is no bridge. Holds at most `maxMessageCharacters` over all messages
 * that are under way.
 */
export class ChunkJoiner {
  readonly #bounds: { readonly [name in keyof ChunkBounds]: number };
  readonly #open = new Map<string, Assembly>();
  #heldCharacters = 0;

  constructor(bounds: { readonly [name in keyof ChunkBounds]: number } = PROTOCOL_LIMITS) {
    this.#bounds = bounds;
  }

  /** Characters of messages that are not complete. */
  get heldCharacters(): number {
    return this.#heldCharacters;
  }

  /**
   * Takes one part. @returns The message when it is complete.
   * @throws {ProtocolViolation} for parts out of order, and more than is taken.
   */
  accept({ id, index, count, data }: Chunk): string | undefined {
    const { maxMessageCharacters, maxAssemblies, chunkCharacters } = this.#bounds;
    if (count > Math.ceil(maxMessageCharacters / chunkCharacters)) throw tooLarge();
    const assembly = this.#open.get(id) ?? { count, parts: [], characters: 0 };
    if (assembly.parts.length !== index || assembly.count !== count) {
      throw new ProtocolViolation("read chunk: it is out of order");
    }
    if (index === 0 && this.#open.size >= maxAssemblies) {
      throw new ProtocolViolation("read chunk: too many messages at once");
    }
    this.#heldCharacters += data.length;
    if (this.#heldCharacters > maxMessageCharacters) throw tooLarge();
    assembly.parts.push(data);
    assembly.characters += data.length;
    this.#open.set(id, assembly);
    if (assembly.parts.length < count) return undefined;
    this.#open.delete(id);
    this.#heldCharacters -= assembly.characters;
    return assembly.parts.join("");
  }
}

function tooLarge(): ProtocolViolation {
  return new ProtocolViolation("read message: it is too large", CLOSE_CODES.tooLarge);
}
