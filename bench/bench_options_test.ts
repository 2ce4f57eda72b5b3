import assert from "node:assert/strict";
import { parseBenchOptions } from "./bench_options.ts";

Deno.test("parseBenchOptions() runs everything at length unless told otherwise", () => {
  const options = parseBenchOptions([]);
  assert.deepEqual(options.parts, [
    ...["first", "memory", "cold", "load", "plugins", "quickjs", "runtimes", "search"],
    ...["accounts", "bridge"],
  ]);
  assert.equal(options.out, "bench/results");
  assert.ok(options.effort.loadRounds > parseBenchOptions(["--quick"]).effort.loadRounds);
});

Deno.test("parseBenchOptions() takes parts by name", () => {
  const { parts, json, out } = parseBenchOptions([
    "--",
    "--only",
    "cold",
    "--only=load",
    "--json",
    "--no-out",
  ]);
  assert.deepEqual(parts, ["cold", "load"]);
  assert.equal(json, true);
  assert.equal(out, null);
});

Deno.test("parseBenchOptions() refuses what it does not know", () => {
  for (const args of [["--fast"], ["--only", "warm"], ["cold"], ["--plot", "--no-out"]]) {
    assert.throws(() => parseBenchOptions(args), { code: "invalid_input" });
  }
});

Deno.test("parseBenchOptions() downloads peers only where that is asked for", () => {
  assert.equal(parseBenchOptions([]).parts.includes("peers"), false);
  assert.deepEqual(parseBenchOptions(["--peers"]).parts.slice(-2), ["peers", "proxies"]);
  const downloaded = ["peers", "proxies"];
  assert.deepEqual(parseBenchOptions(["--only", "cold", "--peers"]).parts, ["cold", ...downloaded]);
  assert.deepEqual(parseBenchOptions(["--only", "peers", "--peers"]).parts, ["peers"]);
  assert.deepEqual(parseBenchOptions(["--only", "proxies"]).parts, ["proxies"]);
});

Deno.test("parseBenchOptions() draws only where there is something to draw", () => {
  assert.equal(parseBenchOptions(["--plot", "--only", "runtimes"]).plot, true);
  assert.throws(() => parseBenchOptions(["--plot", "--only", "load"]), {
    code: "invalid_input",
    message: /runtimes and peers/,
  });
});
