import assert from "node:assert/strict";
import { assertAnswers, type RealCall } from "./support/assert_answers.ts";
import { TestWorld } from "./support/test_world.ts";

/** What each of them does that a strict reading of formats and rules would not expect. */
const ODD_PACKAGES: readonly RealCall[] = [
  // Depends on an archive whose extended headers state sizes, as packers of old wrote them.
  {
    packageName: "jsonwebtoken",
    version: "9.0.3",
    name: "decode",
    params: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbm4ifQ.x",
    output: { sub: "ann" },
  },
  // Its toJSON gives another of its kind.
  {
    packageName: "color",
    version: "5.0.3",
    name: "default",
    params: "red",
    output: { model: "rgb", color: [255, 0, 0], valpha: 1 },
  },
  // Classes, with and without the word, that know nothing of tools.
  {
    packageName: "fast-xml-parser",
    version: "5.12.1",
    name: "XMLParser.parse",
    params: "<a>1</a>",
    output: { a: 1 },
  },
  {
    packageName: "turndown",
    version: "7.2.5",
    name: "default.turndown",
    params: "<b>x</b>",
    output: "**x**",
  },
];

Deno.test("published packages with odd habits give the right answers, cold and warm", () =>
  assertAnswers(ODD_PACKAGES));

Deno.test("published packages with native code are refused for it", async () => {
  await using world = await TestWorld.open({ realRegistry: true });
  const result = await world.call({ packageName: "bcrypt", version: "6.0.0", name: "hashSync" });
  assert(!result.success);
  assert.deepEqual([result.code, result.stage], ["artifact_failed", "probe"]);
  assert.match(result.error, /native code is never loaded \(bcrypt has some\)/);
});
