import type { CallableTools } from "./callable_tools.ts";
import type { Sql } from "../registry/database/database.ts";

/** What the routes of the catalog are made of. */
export interface CatalogPorts {
  readonly sql: Sql;
  readonly callable: CallableTools;
  /** To be told when an inline package gets another version or visibility. */
  readonly onInlineChange: (packageName: string) => void;
}
