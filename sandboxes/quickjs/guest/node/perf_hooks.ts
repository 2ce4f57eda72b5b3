/** `node:perf_hooks`: the global clock. */
export const performance: Performance = globalThis.performance;
export default { performance };
