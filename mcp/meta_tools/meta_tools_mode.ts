/** Whether clients are given the meta-tools instead of all tools. */
export const META_TOOLS_MODES = ["auto", "on", "off"] as const;

/** One of {@linkcode META_TOOLS_MODES}. `auto`: where there are many tools. */
export type MetaToolsMode = typeof META_TOOLS_MODES[number];

/** More tools than this fill a model's context to no use. */
export const MANY_TOOLS = 40;

/** Whether so many tools are better looked for than listed. */
export function usesMetaTools(mode: MetaToolsMode, count: number): boolean {
  return mode === "on" || (mode === "auto" && count > MANY_TOOLS);
}
