import { createHash } from "node:crypto";
import { AirlockError } from "../../spec/errors.ts";
import { seal, SEAL_KEY_BYTES, unseal } from "./sealed_box.ts";

/** The key under which the keys of accounts are sealed. */
interface MasterKey {
  /** Start of a digest: tells keys apart, and nothing about them. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** A sealed key of an account, as it is stored. */
export interface SealedDataKey {
  readonly masterId: string;
  readonly sealed: Uint8Array;
}

/** Master keys as configured, of {@linkcode SEAL_KEY_BYTES} each. */
export interface MasterKeyBytes {
  readonly current: Uint8Array | undefined;
  readonly previous: Uint8Array | undefined;
}

/** The configured keys: what is sealed now is sealed under the current one. */
export class MasterKeys {
  readonly #current: MasterKey | undefined;
  readonly #all: readonly MasterKey[];

  constructor(keys: MasterKeyBytes) {
    const [current, previous] = [keys.current, keys.previous].map((bytes) =>
      bytes === undefined ? undefined : masterKey(bytes)
    );
    this.#current = current;
    this.#all = [current, previous].filter((key) => key !== undefined);
  }

  /** Ids of all of them. */
  get ids(): string[] {
    return this.#all.map(({ id }) => id);
  }

  /**
   * Id of the current key.
   * @throws {AirlockError} `precondition_failed` where there is none.
   */
  get currentId(): string {
    return this.#requireCurrent().id;
  }

  /**
   * Seals an account's key.
   * @throws {AirlockError} `precondition_failed` where there is no master key.
   */
  sealDataKey(tenant: string, dataKey: Uint8Array): SealedDataKey {
    const { id, bytes } = this.#requireCurrent();
    return { masterId: id, sealed: seal(dataKey, bytes, { place: ["data key", id, tenant] }) };
  }

  /**
   * Opens an account's key, whether the current or the previous master key sealed it.
   * @throws {AirlockError} `precondition_failed` where the key that sealed it is not there.
   */
  openDataKey(tenant: string, { masterId, sealed }: SealedDataKey): Uint8Array {
    const master = this.#all.find(({ id }) => id === masterId);
    if (master === undefined) throw this.#all.length === 0 ? noMasterKey() : otherMasterKey();
    return unseal(sealed, master.bytes, { place: ["data key", masterId, tenant] });
  }

  #requireCurrent(): MasterKey {
    if (this.#current === undefined) throw noMasterKey();
    return this.#current;
  }
}

function masterKey(bytes: Uint8Array): MasterKey {
  if (bytes.length !== SEAL_KEY_BYTES) {
    throw new AirlockError("invalid_input", `read master key: not ${SEAL_KEY_BYTES} bytes`, {
      stage: "request",
    });
  }
  const digest = createHash("sha256").update("airlock master key id\0").update(bytes).digest("hex");
  return { id: digest.slice(0, 16), bytes };
}

function noMasterKey(): AirlockError {
  return new AirlockError("precondition_failed", "use secrets: there is no master key", {
    stage: "request",
    suggestion: "Set AIRLOCK_MASTER_KEY to 32 random bytes, as `openssl rand -base64 32` gives.",
  });
}

function otherMasterKey(): AirlockError {
  return new AirlockError("precondition_failed", "use secrets: another master key sealed them", {
    stage: "request",
    suggestion: "Set AIRLOCK_MASTER_KEY_PREVIOUS to the key before, then `airlock secrets rotate`.",
  });
}
