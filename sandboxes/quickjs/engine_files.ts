/** Extensions of the engine, in the order in which snapshots hold them. */
export const EXTENSIONS: readonly string[] = [
  "url",
  "encoding",
  "headers",
  "crypto",
  "structured-clone",
];
