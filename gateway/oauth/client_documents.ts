import { isDocumentId, parseClientDocument } from "../../accounts/oauth/client_metadata.ts";
import type { OauthClient } from "../../accounts/oauth/oauth_client.ts";
import { oauthRefusal } from "../../accounts/oauth/oauth_refusal.ts";

/** Reads the JSON at an HTTPS address that a stranger named. Rejects where that will not do. */
export type ReadDocument = (url: string) => Promise<unknown>;

const MAX_ENTRIES = 500;
const MAX_READS = 8;

/** How long a document is believed, and how long that there is none. */
const FRESH_MS = 10 * 60_000;
const RETRY_MS = 30_000;

interface Entry {
  readonly client: Promise<OauthClient>;
  untilMs: number;
}

/** Clients whose id is the address of a document about them. */
export class ClientDocuments {
  readonly #entries = new Map<string, Entry>();
  #reading = 0;

  constructor(
    private readonly options: { readonly read: ReadDocument; readonly nowMs: () => number },
  ) {}

  /**
   * The client that the document at `id` describes.
   * @throws {AirlockError} `unauthenticated` where there is no such document; `rate_limited`.
   */
  async find(id: string): Promise<OauthClient> {
    if (!isDocumentId(id)) throw oauthRefusal("invalid_client", "there is no such client");
    const { nowMs } = this.options;
    const known = this.#entries.get(id);
    if (known !== undefined && nowMs() < known.untilMs) return await known.client;
    if (this.#reading >= MAX_READS) {
      throw oauthRefusal("temporarily_unavailable", "too many documents are read at once");
    }
    const entry: Entry = { client: this.#read(id), untilMs: Infinity };
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_ENTRIES && oldest !== undefined) this.#entries.delete(oldest);
    try {
      const client = await entry.client;
      entry.untilMs = nowMs() + FRESH_MS;
      return client;
    } catch (error) {
      entry.untilMs = nowMs() + RETRY_MS;
      throw error;
    }
  }

  async #read(id: string): Promise<OauthClient> {
    this.#reading++;
    try {
      const body = await this.options.read(id).catch((cause) => {
        // The cause is for the log alone: what the gateway can reach is nothing to tell a stranger.
        throw oauthRefusal("invalid_client", "the document at client_id cannot be read", { cause });
      });
      return parseClientDocument(id, body);
    } finally {
      this.#reading--;
    }
  }
}
