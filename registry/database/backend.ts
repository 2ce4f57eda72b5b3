import type { Duplex } from "node:stream";
import type { DatabaseKind } from "./database.ts";

/** Where postgres.js has found, in its options, that a server is. */
export interface ServerAddress {
  readonly host: readonly string[];
  readonly port: readonly number[];
  /** Of a socket in the file system; used instead of host and port. */
  readonly path?: string | false;
}

/** What answers PostgreSQL's protocol. Dispose it after all that speak to it. */
export interface Backend extends AsyncDisposable {
  readonly kind: DatabaseKind;
  /** Resolves to what is wrong when it has broken for good and has to be opened anew; never rejects. */
  readonly lost?: Promise<Error>;
  /**
   * A new connection, on which nothing was said yet.
   * @throws {AirlockError} when there is nobody to connect to.
   */
  connect(address: ServerAddress): Promise<Duplex>;
}
