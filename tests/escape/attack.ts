/** One attempt to get out of a sandbox, written as the tool that would make it. */
export interface Attack {
  readonly name: string;
  /**
   * Body of an async function that gets `p`, the {@linkcode Bait}. It must return what it gained
   * and throw, or return nothing, where it gained nothing.
   */
  readonly code: string;
  /** Statements at the top of the module, for attacks that are imports. */
  readonly top?: string;
  /** Further files of the package; with them the package is shown to the sandbox as a tree. */
  readonly files?: Readonly<Record<string, string>>;
  /** Symbolic links of the package: path → target. Also makes it a tree. */
  readonly links?: Readonly<Record<string, string>>;
  /** Env values of the call. */
  readonly env?: Readonly<Record<string, string>>;
  /** What else holds this attack where there is no bubblewrap, which it is then not run without. */
  readonly heldBy?: string;
  /**
   * Why this attack gains nothing even from a process with every permission and no lockdown; such
   * an attack is not run against the loosened sandbox. Absent: it must succeed there.
   */
  readonly harmlessWhenLoose?: string;
}

/** What attacks aim at, sent as parameters. Paths are those of the host. */
export interface Bait {
  /** A file with the marker, outside every sandbox. */
  readonly secret: string;
  /** The directory that holds it. */
  readonly directory: string;
  /** A module below `directory` whose default export is the marker. */
  readonly module: string;
  /** A `.json` file below `directory` that holds the marker. */
  readonly json: string;
  /** A file that must never come to be. */
  readonly target: string;
  /** The gateway's process id. */
  readonly pid: number;
  /** A process that must not be harmed. */
  readonly victim: number;
  /** Ports on loopback that must never see a connection: HTTP, and datagrams. */
  readonly port: number;
  readonly udp: number;
  /** A unix socket that must never see a connection. */
  readonly socket: string;
  /** A SQLite database and an environment file with the marker. */
  readonly sqlite: string;
  readonly dotenv: string;
  /** The file whose presence shows that another tenant's directory could be reached. */
  readonly neighbour: string;
  readonly deno: string;
  /** Facts of this machine that are no sandbox's business. */
  readonly machine: {
    readonly hostname: string;
    readonly addresses: readonly string[];
    readonly cpu: string;
    readonly user: string;
    readonly uid: number;
    readonly home: string;
    readonly totalmem: number;
    readonly release: string;
    readonly version: string;
  };
}
