import { check, imported, report, script } from "./peer_timing.mjs";

const { newQuickJSWASMModule } = await imported("quickjs-emscripten");

await report(async () => {
  const engine = await newQuickJSWASMModule();
  const call = () => {
    const context = engine.newContext();
    const result = context.unwrapResult(context.evalCode(script, "tool.js", { type: "global" }));
    check(context.getString(result));
    result.dispose();
    context.dispose();
  };
  call();
  return { call, close: () => {} };
});
