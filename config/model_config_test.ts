import assert from "node:assert/strict";
import { loadConfig } from "../config.ts";

const URL = "https://model.example/v1/";

Deno.test("modelConfig() is nothing unless somebody says so, and whole then", () => {
  assert.equal(loadConfig({}).schemaModel, undefined);
  const set = loadConfig({
    ...{ AIRLOCK_SCHEMA_MODEL_URL: URL, AIRLOCK_SCHEMA_MODEL: "small" },
    AIRLOCK_SCHEMA_MODEL_KEY: "hush",
  }).schemaModel;
  assert.deepEqual([set?.url, set?.model, set?.timeoutMs], [
    ...["https://model.example/v1", "small", 15_000],
  ]);
  assert.ok(!JSON.stringify(set).includes("hush"));
  assert.equal(set?.key?.reveal(), "hush");
  for (const half of [{ AIRLOCK_SCHEMA_MODEL_URL: URL }, { AIRLOCK_SCHEMA_MODEL: "small" }]) {
    assert.throws(() => loadConfig(half), { code: "invalid_input" });
  }
  const refused = { AIRLOCK_SCHEMA_MODEL_URL: "file:///x", AIRLOCK_SCHEMA_MODEL: "small" };
  assert.throws(() => loadConfig(refused), { code: "invalid_input" });
});

Deno.test("loadConfig() sends a model's key over no open line", () => {
  const open = (url: string) => ({
    ...{ AIRLOCK_SCHEMA_MODEL_URL: url, AIRLOCK_SCHEMA_MODEL: "small" },
    AIRLOCK_SCHEMA_MODEL_KEY: "hush",
  });
  assert.throws(() => loadConfig(open("http://model.example/v1")), { code: "invalid_input" });
  assert.equal(loadConfig(open("http://127.0.0.1:11434/v1")).schemaModel?.model, "small");
});
