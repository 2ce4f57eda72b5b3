import { listTools } from "../../guest/list_tools.ts";

/** Lists the tools of a module: evaluated in an instance only when that is asked for. */
export const describe = listTools;
