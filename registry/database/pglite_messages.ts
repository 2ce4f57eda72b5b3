/** What the worker that has PGlite is told. It answers each in order. */
export type PgliteRequest =
  | {
    readonly type: "open";
    /** Of the files; in memory where absent. */
    readonly directory: string | undefined;
    /** Whether a new one begins with the program's migrations. */
    readonly prepared: boolean;
  }
  /** Whole messages of PostgreSQL's protocol. */
  | { readonly type: "run"; readonly group: Uint8Array<ArrayBuffer> }
  | { readonly type: "close" };

/** What it says. */
export type PgliteReply =
  | { readonly type: "opened" }
  | { readonly type: "answer"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** PGlite is broken, or could not be opened: nothing is answered any more. */
  | { readonly type: "lost"; readonly reason: string }
  | { readonly type: "closed" };
