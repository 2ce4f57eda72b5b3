// style-ok jsdoc: the export is the member of node:console that its name says.
/** `node:console`: the global. */
export default globalThis.console;
export const console: Console = globalThis.console;
