import { Duplex } from "node:stream";
// @ts-types="postgres"
import postgres from "../../vendor/postgres/src/index.js";
import type { ServerAddress } from "./backend.ts";
import type { Sql } from "./database.ts";

/** How postgres.js is set up. */
export interface CreateSqlOptions {
  /** Of a server, with its credentials; `undefined` for PGlite, which asks for none. */
  readonly url: string | undefined;
  /** Most connections at once. */
  readonly connections: number;
  /** Longest time of a statement on a server; `null` for any. */
  readonly statementMs: number | null;
  /** On a server: a transaction in which nothing happens for so long is ended. */
  readonly transactionIdleMs: number;
  /** Whether statements are kept for the next time; they are where absent. */
  readonly prepares?: boolean;
  /** A new connection to speak on. */
  connect(address: ServerAddress): Promise<Duplex>;
  /** Told of notifications on a server's connections, whose ends are then told of as well. */
  readonly told?: {
    onNotify(channel: string, payload: string): void;
    onClose(): void;
  };
}

/** From the first byte to the end of authentication. */
const CONNECT_TIMEOUT_SECONDS = 5;

/** Queries over connections of the caller's choice. End it before what it connects to. */
export function createSql(options: CreateSqlOptions): Sql {
  const { url, connections, statementMs, transactionIdleMs } = options;
  // Not an object literal in the call: the types of postgres.js leave `socket` out.
  const common = {
    socket: (address: ServerAddress) => options.connect(address).catch(refusedSocket),
    max: connections,
    prepare: options.prepares ?? true,
    // What is away fails at once in `connect`; queries must not wait in line to find that out.
    backoff: () => 0,
    // By default postgres.js prints them.
    onnotice: () => {},
    // Who hears must not be cut off for being quiet.
    ...(options.told && {
      onnotify: options.told.onNotify,
      onclose: options.told.onClose,
      max_lifetime: null,
    }),
  };
  if (url === undefined) {
    // PGlite keeps prepared statements when a connection ends, so connections do not end of age.
    return postgres({ ...common, user: "postgres", database: "postgres", max_lifetime: null });
  }
  return postgres(url, {
    ...common,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    connection: {
      application_name: "airlock",
      statement_timeout: statementMs ?? 0,
      idle_in_transaction_session_timeout: transactionIdleMs,
    },
  });
}

/**
 * A connection that ends at once. To reject would leave postgres.js without one forever: it goes on
 * when a socket closes.
 */
function refusedSocket(reason: Error): Duplex {
  const socket = new Duplex({
    read() {},
    // Whatever is said first: not before, since nobody may listen yet.
    write: (_chunk, _encoding, done) => done(reason),
  });
  return Object.assign(socket, { readyState: "open", setKeepAlive() {} });
}
