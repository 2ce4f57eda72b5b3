// style-ok jsdoc: each export is the function of node:util/types that its name says.
/** `node:util/types` of the polyfill set, which throws where an engine does not tell. */
import polyfill from "@jspm/core/nodelibs/util/types";

export * from "@jspm/core/nodelibs/util/types";

/** Nothing inside the engine can tell a proxy from what it stands for. */
export const isProxy = (_value: unknown): boolean => false;
export const isExternal = (_value: unknown): boolean => false;
export default { ...polyfill, isProxy, isExternal };
