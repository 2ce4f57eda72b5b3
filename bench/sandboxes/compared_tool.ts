import type { JsonValue } from "../../spec/json.ts";

/** A module with a little state to build when it is loaded, and a tool that does next to nothing. */
export const COMPARED_TOOL = `
const table = new Map(Array.from({ length: 200 }, (_, n) => ["key" + n, n]));
export const sum = ({ a, b }) => ({ sum: a + b, size: table.size });
`;

/** The name of its tool. */
export const COMPARED_TOOL_NAME = "sum";

/** What it is called with. */
export const COMPARED_PARAMS = { a: 1, b: 2 } satisfies JsonValue;
