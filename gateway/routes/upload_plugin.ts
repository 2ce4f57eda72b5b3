import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { readBytes } from "../body/read_body.ts";
import { readJsonBody } from "../body/read_json_body.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import { requireContentType } from "../middleware/require_json.ts";
import { describeAnswerSchema } from "../schemas/answer_schemas.ts";
import { parseWith } from "../schemas/parse_with.ts";
import { pluginManifest, pluginManifestSchema, wasmBytes } from "../schemas/plugin_schema.ts";
import { describeAnswer } from "./describe_tool.ts";
import { failureAnswers, jsonContent } from "./route_parts.ts";

/** Largest module that may be sent; more than a JSON body may have, since compilers put out megabytes. */
const MAX_MODULE_BYTES = 64 * 1024 * 1024;

const route = createRoute({
  method: "post",
  path: "/artifacts/wasm",
  summary: "Bring a WebAssembly plug-in",
  description:
    "Stores a plug-in by digest and says what it offers; call it by the packageName in " +
    "the answer, with source `wasm`. As application/wasm: one module. As application/json: an " +
    "Extism manifest, whose modules are named by the `hash` of an earlier upload, by `url` with " +
    "`hash` (SHA-256), or stand in it as base64 `data`; with `tools` it says what exports take.",
  request: {
    body: {
      required: true,
      content: {
        "application/wasm": { schema: wasmBytes },
        "application/json": { schema: pluginManifestSchema },
      },
    },
  },
  responses: {
    200: jsonContent(describeAnswerSchema, "What the plug-in offers"),
    ...failureAnswers([400, 401, 403, 413, 415, 422, 429, 500, 502, 503, 504]),
  },
});

/** `POST /artifacts/wasm`: stores a plug-in, prepares it and describes it. */
export function addUploadPlugin(app: OpenAPIHono<GatewayEnv>, options: GatewayOptions): void {
  const { settings, plugins, describer, gate } = options;
  const { bodyTimeoutMs: timeoutMs, maxBodyBytes } = settings;
  const types = ["application/wasm", "application/json"];
  app.openAPIRegistry.registerPath(route);
  app.post(route.path, gate.admit(), requireContentType(types), async (context) => {
    const { raw } = context.req;
    const isModule = /^application\/wasm/i.test(context.req.header("content-type") ?? "");
    const packageName = isModule
      ? await plugins.storeModule(
        await readBytes(raw, { maxBytes: MAX_MODULE_BYTES, timeoutMs, suggestion: "Send less." }),
      )
      : await plugins.storeManifest(
        pluginManifest(
          parseWith(
            pluginManifestSchema,
            await readJsonBody(raw, { maxBytes: maxBodyBytes, timeoutMs }),
          ),
        ),
      );
    const description = await describer.describe({ packageName, source: "wasm" }, {
      tenant: context.get("tenant"),
      requestId: context.get("requestId"),
      signal: AbortSignal.any([raw.signal, gate.signal]),
    });
    return context.json(describeAnswer(description, description.manifest.tools));
  });
}
