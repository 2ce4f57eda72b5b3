import { check, imported, plan, report } from "./peer_timing.mjs";

const { default: ivm } = await imported("isolated-vm");

const bootstrap = `${plan.module.replace("export ", "")}
(text) => JSON.stringify(${plan.toolName}(JSON.parse(text)));`;
const params = JSON.stringify(plan.params);

await report(async () => {
  const isolate = new ivm.Isolate({ memoryLimit: 128 });
  const context = await isolate.createContext();
  const run = await context.eval(bootstrap, { reference: true });
  const call = async () => check(await run.apply(undefined, [params], { timeout: 10_000 }));
  await call();
  return { call, close: () => isolate.dispose() };
});
