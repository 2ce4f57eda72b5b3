import assert from "node:assert/strict";
import { ERROR_TABLE } from "../spec/errors.ts";
import { fakeGateway } from "../tests/support/fake_gateway.ts";

const ROUNDS = 500;
const ROUTES = ["/execute-tool", "/describe-tool", "/load-and-describe", "/list-exports"];
const MEMBERS = [
  "packageName",
  "version",
  "name",
  "params",
  "env",
  "runtime",
  "permissions",
  "limits",
  "source",
  "importUrl",
  "isolation",
  "__proto__",
  "constructor",
  "toString",
  "",
];
const LEAVES = [
  null,
  true,
  -1,
  0,
  1e308,
  1.5,
  "",
  "a",
  "@a/b",
  "../x",
  "\u0000",
  "\ud800",
  "💥",
  "public",
  "x".repeat(5_000),
  "none",
  "per-call",
  "deno",
  "file:///etc/passwd",
  "${7*7}",
  "'; DROP TABLE--",
];

/** Deterministic, so that a failing round can be had again. */
function generator(seed: number) {
  let state = seed;
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % limit;
  };
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
  const value = (depth: number): unknown => {
    const kind = below(depth > 4 ? 1 : 4);
    if (kind < 2) return pick(LEAVES);
    const size = below(5);
    if (kind === 2) return Array.from({ length: size }, () => value(depth + 1));
    return Object.fromEntries(
      Array.from({ length: size }, () => [pick(MEMBERS), value(depth + 1)]),
    );
  };
  const damage = (text: string): string => {
    const at = below(text.length + 1);
    const cuts = [
      () => text.slice(0, at),
      () =>
        text.slice(0, at) + pick(["\u0000", '"', "}", "\\", "\ufeff", "//", "NaN"]) +
        text.slice(at),
      () => text.repeat(2),
      () => `${"[".repeat(below(3_000))}${text}`,
    ];
    return pick(cuts)();
  };
  return { below, body: () => JSON.stringify(value(0)), damage, value };
}

for (const route of ROUTES) {
  Deno.test(`POST ${route} answers ${ROUNDS} hostile bodies in the one shape`, async () => {
    const { post } = fakeGateway();
    const random = generator(route.length);
    const seen = new Set<number>();
    for (let round = 0; round < ROUNDS; round++) {
      const nearMiss = {
        packageName: "a",
        name: "greet",
        [MEMBERS[random.below(15)]!]: random.value(1),
      };
      const text = random.below(3) === 0 ? JSON.stringify(nearMiss) : random.body();
      const body = random.below(3) === 0 ? random.damage(text) : text;
      const response = await post(route, body);
      seen.add(response.status);
      const answer = await response.text();
      const context = `round ${round}: ${body.slice(0, 200)} → ${response.status} ${
        answer.slice(0, 300)
      }`;
      assert.ok(response.status < 500, context);
      assert.ok(!/\.ts:\d+|at async|node_modules/.test(answer), context);
      const parsed = JSON.parse(answer);
      assert.equal(typeof parsed.success, "boolean", context);
      if (parsed.success === false) assert.ok(parsed.code in ERROR_TABLE, context);
      assert.ok(response.headers.has("x-request-id"));
    }
    assert.ok(seen.has(200) && seen.has(400), [...seen].join());
  });
}
