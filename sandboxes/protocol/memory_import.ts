/** Where the memory of the QuickJS engine comes from, in an instance of ours. */
export const MEMORY_IMPORT = { module: "wasi_snapshot_preview1", name: "memory" } as const;
