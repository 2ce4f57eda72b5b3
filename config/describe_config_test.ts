import assert from "node:assert/strict";
import { describeConfig } from "./describe_config.ts";

Deno.test("describeConfig() masks secrets and says where values come from", () => {
  const rows = describeConfig({ AIRLOCK_API_KEY: "correct horse", AIRLOCK_PORT: "9000" });
  const byName = new Map(rows.map((row) => [row.name, row]));
  assert.ok(!JSON.stringify(rows).includes("correct horse"));
  assert.equal(byName.get("AIRLOCK_API_KEY")?.source, "environment");
  assert.equal(byName.get("AIRLOCK_PORT")?.value, "9000");
  assert.equal(byName.get("AIRLOCK_PORT")?.default, "8787");
  assert.equal(byName.get("AIRLOCK_HOST")?.source, "default");
  for (const row of rows) assert.ok(row.meaning.length > 10, row.name);
});

Deno.test("describeConfig() shows wrong values without the credentials in them", () => {
  const rows = describeConfig({
    AIRLOCK_NPM_REGISTRY: "https://user:s3cret/pass@npm.example/path",
    AIRLOCK_ESM_ORIGIN: "https://esm.example/?token=s3cret",
    AIRLOCK_CORS_ORIGINS: "https://a.example,https://u:s3cret@b.example",
  });
  const shown = (name: string) => rows.find((row) => row.name === name)?.value;
  assert.equal(shown("AIRLOCK_NPM_REGISTRY"), "https://********@npm.example/path");
  assert.equal(shown("AIRLOCK_ESM_ORIGIN"), "https://esm.example/?********");
  assert.equal(shown("AIRLOCK_CORS_ORIGINS"), "https://a.example,https://********@b.example");
});
