import type { McpAudience } from "../../spec/mcp_source.ts";
import type { MetaToolsMode } from "../meta_tools/meta_tools_mode.ts";

/** What one endpoint serves to one caller. */
export interface McpPart {
  readonly audience: McpAudience;
  /** Shown by clients. */
  readonly title: string;
  /** For models; nothing is said where it is empty. */
  readonly description: string;
  readonly metaTools: MetaToolsMode;
}
