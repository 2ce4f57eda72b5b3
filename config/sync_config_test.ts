import assert from "node:assert/strict";
import { loadConfig } from "../config.ts";

Deno.test("syncConfig() asks nobody unless it is told to", () => {
  const { sync } = loadConfig({});
  assert.equal(sync.enabled, false);
  assert.equal(sync.probe, false);
  assert.deepEqual([sync.changesMs, sync.keywordMs, sync.metricsMs], [120_000, 900_000, 3_600_000]);
  assert.deepEqual([sync.changesUrl, sync.downloadsUrl, sync.githubApiUrl], [
    ...[undefined, undefined, undefined],
  ]);
});

Deno.test("syncConfig() reads what is set, and refuses what makes no sense", () => {
  const { sync } = loadConfig({
    AIRLOCK_SYNC: "true",
    AIRLOCK_SYNC_METRICS_MS: "0",
    AIRLOCK_NPM_CHANGES_URL: "https://registry.example/_changes?feed=longpoll",
    AIRLOCK_GITHUB_TOKEN: "secret",
  });
  assert.equal(sync.metricsMs, 0);
  assert.equal(sync.changesUrl, "https://registry.example/_changes?feed=longpoll");
  assert.equal(sync.githubToken?.reveal(), "secret");
  assert.ok(!JSON.stringify(sync).includes("secret"));
  for (
    const [name, value] of [
      ["AIRLOCK_NPM_CHANGES_URL", "https://user:secret@registry.example/"],
      ["AIRLOCK_NPM_DOWNLOADS_URL", "https://api.example/?key=1"],
      ["AIRLOCK_GITHUB_API_URL", "file:///etc"],
      ["AIRLOCK_NPM_CHANGES_SINCE", "a b"],
      ["AIRLOCK_SYNC_CHANGES_MS", "-1"],
    ] as const
  ) {
    assert.throws(() => loadConfig({ [name]: value }), { code: "invalid_input" }, name);
  }
});
