import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { getLogger } from "@logtape/logtape";
import { configureLogging, type ConfigureLoggingOptions } from "./configure_logging.ts";
import { fakeGateway } from "../tests/support/fake_gateway.ts";

Deno.test("configureLogging() writes one line per request, without secrets", async () => {
  let written = "";
  {
    await using logging = await configureLogging({
      level: "info",
      format: "json",
      write: (line) => written += line,
    });
    const { post } = fakeGateway({
      settings: { apiKey: "the-api-key-value" },
      access: logging.access,
    });
    await post("/execute-tool?token=query-secret", {
      packageName: "a",
      name: "b",
      params: { q: "param-secret" },
      env: { TOKEN: "env-secret" },
    }, {
      authorization: "Bearer the-api-key-value",
      traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    });
    const logger = getLogger(["airlock", "test"]);
    logger.warn("calling https://user:pass-secret@host/x with Bearer bearer-secret");
    logger.warn("fields", { apiKey: "field-secret", nested: { authorization: "deep-secret" } });
    logger.debug("too detailed");
  }
  const lines = written.trimEnd().split("\n");
  assert.equal(lines.length, 3, written);
  const { level, message, logger: category, properties } = JSON.parse(lines[0]!);
  assert.deepEqual([level, message, category], [
    "INFO",
    "POST /execute-tool 200",
    "airlock.gateway.access",
  ]);
  assert.equal(properties.route, "/execute-tool");
  assert.equal(properties.status, 200);
  assert.equal(properties.traceId, "a".repeat(32));
  assert.match(properties.requestId, /^[0-9a-f-]{36}$/);
  assert.ok(!/secret|the-api-key-value/.test(written), written);
});

Deno.test("configureLogging() writes finished requests in the format and at the level it was told", async () => {
  const entry = {
    ...{ method: "GET", route: "/health", status: 200, durationMs: 0.5 },
    ...{ requestId: "r", tenant: "default", traceId: undefined, code: undefined },
  };
  const linesOf = async (options: Pick<ConfigureLoggingOptions, "format" | "level">) => {
    let written = "";
    {
      await using logging = await configureLogging({
        ...options,
        write: (line) => written += line,
      });
      logging.access?.(entry);
    }
    return written;
  };
  const pretty = await linesOf({ format: "pretty", level: "info" });
  const words = stripVTControlCharacters(pretty);
  assert.match(words, /airlock.gateway.access.*GET.*\/health.*200\n$/);
  assert.equal(pretty.split("\n").length, 2);
  assert.equal(await linesOf({ format: "json", level: "warning" }), "");
  assert.equal(
    JSON.parse(await linesOf({ format: "json", level: "debug" })).properties.status,
    200,
  );
});
