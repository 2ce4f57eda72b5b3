import assert from "node:assert/strict";
import type { JsonValue } from "../../spec/json.ts";
import { repositoryOf } from "./repository_of.ts";

Deno.test("repositoryOf() reads what packages write", () => {
  for (
    const text of [
      "owner/name",
      "github:owner/name",
      "https://github.com/owner/name",
      "https://github.com/owner/name.git",
      "git+https://github.com/owner/name.git",
      "git+https://token@github.com/owner/name.git",
      "git://github.com/owner/name.git",
      "git+ssh://git@github.com/owner/name.git",
      "git@github.com:owner/name.git",
      "https://github.com/owner/name/tree/main/packages/one",
      "https://www.github.com/owner/name#readme",
    ]
  ) {
    assert.equal(repositoryOf(text), "owner/name", text);
    assert.equal(repositoryOf({ type: "git", url: text }), "owner/name", text);
  }
  assert.equal(repositoryOf("a/name.with.dots.git"), "a/name.with.dots");
});

Deno.test("repositoryOf() is null for other places, and for what would leave its path", () => {
  for (
    const text of [
      "https://gitlab.com/owner/name",
      "gitlab:owner/name",
      "https://github.com.evil.example/owner/name",
      "https://evil.example/github.com/owner/name",
      "https://github.com/owner",
      "../..",
      "owner/..",
      "./name",
      "owner/%2e%2e",
      "file:///etc/passwd",
      "",
      `owner/${"x".repeat(2_000)}`,
    ]
  ) assert.equal(repositoryOf(text), null, text);
  const others: (JsonValue | undefined)[] = [undefined, null, 7, [], {}, { url: 7 }];
  for (const field of others) {
    assert.equal(repositoryOf(field), null);
  }
});
