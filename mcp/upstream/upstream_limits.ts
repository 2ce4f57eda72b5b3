/** How much of this gateway other MCP servers may use. */
export interface UpstreamLimits {
  /** Connections at a time, of all accounts. */
  readonly connections: number;
  /** Connections at a time of one account. */
  readonly connectionsPerTenant: number;
  /** Connecting, the handshake included. */
  readonly connectTimeoutMs: number;
  /** Reading a whole list. */
  readonly listTimeoutMs: number;
  /** How long a list that was read on a connection holds, unless its server says that it changed. */
  readonly listTtlMs: number;
  /** A connection that nobody uses is closed after this. */
  readonly idleMs: number;
  /** The first pause after a failure to connect; it doubles up to {@linkcode maxBackoffMs}. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  readonly tools: number;
  /** Resources, and as many templates, prompts, and subscriptions; more are left out. */
  readonly offers: number;
  readonly pages: number;
  /** One definition, as JSON. */
  readonly definitionBytes: number;
  /** All definitions of a server, as JSON. */
  readonly listBytes: number;
  /** What is kept of all resources of a server, and of all prompts, as JSON; more is left out. */
  readonly offersBytes: number;
  /** One result of a call, as JSON. */
  readonly resultBytes: number;
  /** One message from a child's stdout. */
  readonly messageBytes: number;
  /** The end of a child's stderr that is kept. */
  readonly stderrBytes: number;
  /** Lines of log and of progress that one call passes on; more are dropped. */
  readonly tellings: number;
  /** Questions that a server may have to a client at a time. */
  readonly questions: number;
  /** One question, as JSON. */
  readonly questionBytes: number;
}

const [KIB, MIB] = [1024, 1024 * 1024];

/** What holds unless a test says otherwise. */
export const UPSTREAM_LIMITS: UpstreamLimits = {
  connections: 256,
  connectionsPerTenant: 64,
  connectTimeoutMs: 10_000,
  listTimeoutMs: 15_000,
  listTtlMs: 300_000,
  idleMs: 300_000,
  backoffMs: 500,
  maxBackoffMs: 60_000,
  tools: 500,
  offers: 500,
  pages: 50,
  definitionBytes: 64 * KIB,
  listBytes: 4 * MIB,
  offersBytes: 512 * KIB,
  resultBytes: 8 * MIB,
  messageBytes: 8 * MIB,
  stderrBytes: 16 * KIB,
  tellings: 1_000,
  questions: 8,
  questionBytes: MIB,
};
