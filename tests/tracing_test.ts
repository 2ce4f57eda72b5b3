import assert from "node:assert/strict";
import { z } from "zod";
import { eventually, KillWorld } from "./support/kill_world.ts";

const attribute = z.object({
  key: z.string(),
  value: z.object({ stringValue: z.string().optional() }),
});
const span = z.object({
  traceId: z.string(),
  parentSpanId: z.string(),
  spanId: z.string(),
  name: z.string(),
  attributes: z.array(attribute),
});
const EXPORT = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";

Deno.test("a gateway under OTEL_DENO exports a span per request, within the caller's trace", async () => {
  const spans: z.infer<typeof span>[] = [];
  await using collector = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const body: unknown = await request.json();
      if (!request.url.endsWith("/traces")) return Response.json({});
      const { resourceSpans } = EXPORT.parse(body);
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((s) => s.spans)));
      return Response.json({});
    },
  );
  await using world = await KillWorld.open();
  await world.publish("echo", "export const echo = (x) => x;");
  await using gateway = await world.serve({
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
    OTEL_BSP_SCHEDULE_DELAY: "200",
  });
  const response = await fetch(`${gateway.url}/execute-tool`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      traceparent: `00-${TRACE_ID}-${CALLER}-01`,
    },
    body: JSON.stringify({ packageName: "echo", name: "echo", params: "hello" }),
  });
  assert.equal((await response.json()).output, "hello");
  const served = () => spans.find(({ name }) => name === "POST /execute-tool");
  assert(await eventually(() => served() !== undefined, 20_000), JSON.stringify(spans));
  const seen = served();
  assert.deepEqual([seen?.traceId, seen?.parentSpanId], [TRACE_ID, CALLER]);
  assert.equal(response.headers.get("traceparent"), `00-${TRACE_ID}-${seen?.spanId}-01`);
  const route = seen?.attributes.find(({ key }) => key === "http.route");
  assert.equal(route?.value.stringValue, "/execute-tool");
});
