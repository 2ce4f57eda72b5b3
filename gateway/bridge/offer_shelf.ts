import { hash } from "node:crypto";
import type { BridgeServers } from "../../bridge/protocol.ts";
import { LIBRARY_FEATURE } from "../../bridge/protocol/protocol_limits.ts";
import { listedPrompt, listedResource } from "../../mcp/upstream/listed_offer.ts";
import type { JsonObject } from "../../spec/json.ts";

/** What one server of a bridge offers, as the bridge said last. */
export interface ShelvedServer {
  readonly id: string;
  /** Names of all tools that it has. */
  readonly tools: ReadonlySet<string>;
  readonly resources: readonly JsonObject[];
  readonly prompts: readonly JsonObject[];
}

/** What a bridge offers beside tools. */
export interface ShelvedBridge {
  readonly servers: readonly ShelvedServer[];
  /** Whether it can be asked for any of that: older ones only tell of it. */
  readonly answers: boolean;
}

/** What a bridge says of itself. */
export interface SaidOffers {
  readonly servers: BridgeServers;
  /** Absent where it is as it was. */
  readonly features?: readonly string[] | undefined;
}

/** How much is kept; what is more is left out, since nothing depends on a list being whole. */
export interface ShelfBounds {
  /** Of one bridge, written out; names of its tools not counted, which the protocol bounds. */
  readonly maxBridgeCharacters: number;
  /** Of all bridges: those that said something longest ago are forgotten. */
  readonly maxCharacters: number;
}

/** The bounds of an installation. */
export const SHELF_BOUNDS: ShelfBounds = {
  maxBridgeCharacters: 256 * 1024,
  maxCharacters: 64 * 1024 * 1024,
};

interface Shelved extends ShelvedBridge {
  readonly digest: string;
  readonly characters: number;
}

/**
 * Resources and prompts of the bridges that this node has heard of, also after they have gone. In memory:
 * what a bridge offers is worth nothing where it is not connected.
 */
export class OfferShelf {
  readonly #bounds: ShelfBounds;
  readonly #bridges = new Map<string, Shelved>();
  #characters = 0;

  constructor(bounds: ShelfBounds = SHELF_BOUNDS) {
    this.#bounds = bounds;
  }

  /** What a bridge offers; `undefined` where nothing is known of it. */
  of(bridgeId: string): ShelvedBridge | undefined {
    return this.#bridges.get(bridgeId);
  }

  /** Takes note of what a bridge offers now. @returns Whether it is something else than before. */
  keep(bridgeId: string, { servers, features }: SaidOffers): boolean {
    const before = this.#bridges.get(bridgeId);
    const answers = features?.includes(LIBRARY_FEATURE) ??
      (features === undefined && before?.answers === true);
    const digest = hash("sha256", JSON.stringify([answers, servers]), "hex");
    this.#drop(bridgeId);
    const now = { ...this.#read(servers), answers, digest };
    this.#bridges.set(bridgeId, now);
    this.#characters += now.characters;
    for (const oldest of this.#bridges.keys()) {
      if (this.#characters <= this.#bounds.maxCharacters) break;
      this.#drop(oldest);
    }
    return before?.digest !== digest;
  }

  #drop(bridgeId: string): void {
    this.#characters -= this.#bridges.get(bridgeId)?.characters ?? 0;
    this.#bridges.delete(bridgeId);
  }

  #read(servers: BridgeServers): Pick<Shelved, "servers" | "characters"> {
    let room = this.#bounds.maxBridgeCharacters;
    let characters = 0;
    const fitting = (list: readonly JsonObject[], read: (one: JsonObject) => JsonObject | null) =>
      list.map(read).filter((one) => one !== null).filter((one) => {
        const size = JSON.stringify(one).length;
        if (size > room) return false;
        room -= size;
        return true;
      });
    const shelved = servers.map(({ id, tools, resources = [], prompts = [] }) => {
      for (const { name } of tools) characters += name.length;
      return {
        id,
        tools: new Set(tools.map(({ name }) => name)),
        resources: fitting(resources, listedResource),
        prompts: fitting(prompts, listedPrompt),
      };
    });
    return { servers: shelved, characters: characters + this.#bounds.maxBridgeCharacters - room };
  }
}
