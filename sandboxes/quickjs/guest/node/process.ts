/** `node:process`: the global, whole. Its names as exports are generated. */
export default globalThis.process;
