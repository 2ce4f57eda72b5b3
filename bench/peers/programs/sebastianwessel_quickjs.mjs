import { check, imported, plan, report } from "./peer_timing.mjs";

const { loadQuickJs } = await imported("@sebastianwessel/quickjs");
const { default: variant } = await imported("@jitl/quickjs-ng-wasmfile-release-sync");

const code = `${plan.module}
export default JSON.stringify(${plan.toolName}(${JSON.stringify(plan.params)}));`;

await report(async () => {
  const { runSandboxed } = await loadQuickJs(variant);
  const call = async () => {
    const result = await runSandboxed(({ evalCode }) => evalCode(code), {});
    check(result.ok ? result.data : String(result.error?.message));
  };
  await call();
  return { call, close: () => {} };
});
