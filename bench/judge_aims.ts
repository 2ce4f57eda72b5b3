import type { Aim, Measurement } from "./measurement.ts";

/** Says which of the project's aims a run reached; aims whose parts did not run are left out. */
export function judgeAims(measurements: readonly Measurement[]): Aim[] {
  const find = (name: string) => measurements.find((one) => one.name === name);
  const aims: Aim[] = [];
  const judge = (
    name: string,
    aim: { readonly wanted: string; readonly value: number | undefined; readonly ok: boolean },
  ) => {
    if (aim.value === undefined) return;
    aims.push({ name, wanted: aim.wanted, reached: String(aim.value), ok: aim.ok });
  };
  const throughput = find("html, Airlock @32: throughput")?.ratio?.value;
  judge("throughput at 32 connections, against in-process", {
    wanted: "≥ 1.0 ×",
    value: throughput,
    ok: (throughput ?? 0) >= 1,
  });
  const [own, theirs] = ["html, Airlock", "html, in-process"]
    .map((name) => find(`${name} @1: latency p50`)?.median);
  const added = typeof own !== "number" || typeof theirs !== "number"
    ? undefined
    : Number((own - theirs).toFixed(3));
  judge("latency added at 1 connection, ms", {
    wanted: "≤ 0.3",
    value: added,
    ok: (added ?? Infinity) <= 0.3,
  });
  const limits = [
    ["cold call, from a blank, beyond evaluation", "ms", 5],
    ["idle gateway, RSS", "MiB", 100],
    ["idle blank sandbox, PSS", "MiB", 12],
    ["plug-in, call in new instances", "ms", 0.2],
    ["plug-in, loading and first call", "ms", 1],
    ["QuickJS, call through the gateway", "ms", 3],
    // As much as the guest lets dropped instances take before it collects them.
    ["QuickJS, RSS gained over nine tenths of the calls", "MiB", 96],
    ["QuickJS, calls that wait and failed", "of 1,000", 0],
    ["bridge @1: added", "ms", 2],
    ["bridge @32, tool of 50 ms: added", "ms", 2],
    ["bridge @32, as fast as it goes: added", "ms", 2],
  ] as const;
  for (const [name, unit, most] of limits) {
    const value = find(name)?.median ?? undefined;
    judge(`${name}, ${unit}`, { wanted: `≤ ${most}`, value, ok: (value ?? Infinity) <= most });
  }
  for (const [tools, most] of [["1,000", 5], ["100,000", 25]] as const) {
    const value = find(`search of ${tools} tools`)?.p95 ?? undefined;
    judge(`search of ${tools} tools, p95, ms`, {
      ...{ wanted: `≤ ${most}`, value, ok: (value ?? Infinity) <= most },
    });
  }
  const keyChecks = find("API key check, by processor time")?.median ?? undefined;
  judge("checks of API keys, per second of a processor", {
    wanted: "≥ 50000",
    value: keyChecks,
    ok: (keyChecks ?? 0) >= 50_000,
  });
  const withAccounts = find("call, everything on")?.ratio?.value;
  judge("call with everything on, against everything off", {
    wanted: "≤ 1.15 ×",
    value: withAccounts,
    ok: (withAccounts ?? Infinity) <= 1.15,
  });
  const [through, direct] = ["Airlock", "direct"]
    .map((name) => find(`${name}, HTTP @1: tools/call p50`)?.median);
  const passing = typeof through !== "number" || typeof direct !== "number"
    ? undefined
    : Number((through - direct).toFixed(3));
  judge("tools/call through Airlock, added at 1 client, ms", {
    ...{ wanted: "≤ 0.5", value: passing, ok: (passing ?? Infinity) <= 0.5 },
  });
  const session = find("Airlock, HTTP: memory of a session")?.median ?? undefined;
  const held = session === undefined ? undefined : Math.round(session * 1_000);
  judge("1,000 MCP sessions, MiB", {
    ...{ wanted: "≤ 200", value: held, ok: (held ?? Infinity) <= 200 },
  });
  const cold = find("cold call, no pool")?.ratio?.value;
  judge("cold call without pool, against bare deno run", {
    wanted: "≤ 2 ×",
    value: cold,
    ok: (cold ?? Infinity) <= 2,
  });
  const anew = find("QuickJS, module loaded anew, in the process")?.ratio?.value;
  judge("loading a module anew, against restoring it in QuickJS", {
    wanted: "≥ 5 ×",
    value: anew,
    ok: (anew ?? 0) >= 5,
  });
  return aims;
}
