import assert from "node:assert/strict";
import { checkInlineCode, INLINE_LIMITS, type InlineCode } from "./inline_code.ts";

const CODE: InlineCode = {
  files: { "main.ts": "export const a = 1;", "lib/b.ts": "" },
  entry: "main.ts",
  dependencies: { zod: "4.1.5", "@scope/x": "1.0.0-beta.1" },
  packageJson: {},
};

Deno.test("checkInlineCode() lets code through that stays inside", () => {
  checkInlineCode(CODE);
});

Deno.test("checkInlineCode() refuses paths that lead out, hide, or take another's place", () => {
  const paths = [
    ...["../a.ts", "/etc/a.ts", "a/../../b.ts", "./a.ts", "a//b.ts", ".npmrc", "a/.env.ts"],
    ...["node_modules/zod/index.js", "package.json", "Package.JSON", "deno.json", "tsconfig.json"],
    ...["a\\b.ts", "a\u0000.ts", "a.node", "a.sh", "a", "", "main.ts/x.ts", "c:/a.ts", "é.ts"],
    "x".repeat(INLINE_LIMITS.pathCharacters) + ".ts",
  ];
  for (const path of paths) {
    const files = { ...CODE.files, [path]: "" };
    assert.throws(() => checkInlineCode({ ...CODE, files }), { code: "invalid_input" }, path);
  }
});

Deno.test("checkInlineCode() refuses dependencies that are not pinned, or no packages", () => {
  for (
    const [name, version] of [
      ...[["zod", "^4.0.0"], ["zod", "latest"], ["zod", ""], ["zod", "v4.1.5"], ["zod", "4"]],
      ...[["zod", "npm:evil@1.0.0"], ["zod", "file:../x"], ["../x", "1.0.0"], ["node:fs", "1.0.0"]],
    ]
  ) {
    const dependencies = { [name!]: version! };
    assert.throws(() => checkInlineCode({ ...CODE, dependencies }), { code: "invalid_input" });
  }
});

Deno.test("checkInlineCode() bounds files, bytes and dependencies, and wants an entry", () => {
  const many = Object.fromEntries(
    Array.from({ length: INLINE_LIMITS.files + 1 }, (_, index) => [`f${index}.ts`, ""]),
  );
  assert.throws(() => checkInlineCode({ ...CODE, files: many }), { code: "invalid_input" });
  assert.throws(() => checkInlineCode({ ...CODE, files: {} }), { code: "invalid_input" });
  const large = { "main.ts": "é".repeat(INLINE_LIMITS.bytes / 2 + 1) };
  assert.throws(() => checkInlineCode({ ...CODE, files: large }), { code: "payload_too_large" });
  const tooMany = Object.fromEntries(
    Array.from({ length: INLINE_LIMITS.dependencies + 1 }, (_, index) => [`p${index}`, "1.0.0"]),
  );
  assert.throws(() => checkInlineCode({ ...CODE, dependencies: tooMany }), {
    code: "invalid_input",
  });
  assert.throws(() => checkInlineCode({ ...CODE, entry: "other.ts" }), { code: "invalid_input" });
  const data = { ...CODE, files: { "main.json": "{}" }, entry: "main.json" };
  assert.throws(() => checkInlineCode(data), { code: "invalid_input" });
});
