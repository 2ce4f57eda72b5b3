import { check, imported, plan, report } from "./peer_timing.mjs";

const { Miniflare } = await imported("miniflare");

const worker = `${plan.module}
export default {
  async fetch(request) {
    return new Response(JSON.stringify(${plan.toolName}(await request.json())));
  },
};`;

await report(async () => {
  const miniflare = new Miniflare({ modules: true, script: worker });
  const call = async () => {
    const init = { method: "POST", body: JSON.stringify(plan.params) };
    const response = await miniflare.dispatchFetch("http://tool.invalid/", init);
    check(await response.text());
  };
  await call();
  return { call, close: () => miniflare.dispose() };
});
