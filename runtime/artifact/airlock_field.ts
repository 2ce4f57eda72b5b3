import { z } from "zod";
import type { DeclaredNeeds } from "../../spec/artifact.ts";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import type { Limits } from "../../spec/limits.ts";
import { RUNTIME_FEATURES, type RuntimeConstraints } from "../../spec/runtime_wish.ts";
import { ISOLATION_LEVELS } from "../../spec/sandbox.ts";

/** What the `airlock` field of a `package.json` asks for. */
export interface AirlockField {
  readonly needs: DeclaredNeeds;
  /** One line for each part that was not understood, and left out. */
  readonly warnings: readonly string[];
}

// `host`, `*.host` or `[v6]`, each with a port or without.
const HOST_PATTERN =
  /^(\*\.)?([a-z0-9_-]+\.)*[a-z0-9_-]+\.?(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/i;
const NET = z.union([
  z.enum(["none", "public"]),
  z.array(z.string().max(262).regex(HOST_PATTERN)).max(100),
]);
const AMOUNT = z.int().positive();
const LIMIT_NAMES = ["timeoutMs", "memoryBytes", "outputBytes", "logBytes"] as const;
const RUNTIME = z.enum(["deno", "quickjs", "extism"]);
const FALLBACKS = z.array(RUNTIME).max(3);
const FEATURES = z.array(z.enum(RUNTIME_FEATURES)).max(RUNTIME_FEATURES.length);

/** Reads the field; whatever is wrong in it costs that part and a warning, never the package. */
export function readAirlockField(packageJson: JsonObject): AirlockField {
  const warnings: string[] = [];
  const warn = (what: string) => warnings.push(`package.json: airlock${what} was not understood`);
  const inside = (value: unknown, what: string): JsonObject => {
    if (value !== undefined && !isJsonObject(value)) warn(what);
    return isJsonObject(value) ? value : {};
  };
  const part = <T>(value: unknown, what: string, schema: z.ZodType<T>): T | undefined => {
    if (value === undefined) return undefined;
    const parsed = schema.safeParse(value);
    if (!parsed.success) warn(what);
    return parsed.data;
  };
  const field = inside(packageJson.airlock, "");
  const permissions = inside(field.permissions, ".permissions");
  const wanted = inside(field.limits, ".limits");
  const limits: Partial<Record<keyof Limits, number>> = {};
  for (const name of LIMIT_NAMES) {
    const amount = part(wanted[name], `.limits.${name}`, AMOUNT);
    if (amount !== undefined) limits[name] = amount;
  }
  const fs = part(permissions.fs, ".permissions.fs", z.enum(["none", "tmp"]));
  const stated = inside(field.constraints, ".constraints");
  const constraints = withoutUndefined<RuntimeConstraints>({
    minIsolation: part(
      stated.minIsolation,
      ".constraints.minIsolation",
      z.enum(ISOLATION_LEVELS),
    ),
    maxColdMs: part(stated.maxColdMs, ".constraints.maxColdMs", AMOUNT),
    needs: part(stated.needs, ".constraints.needs", FEATURES),
  });
  const needs: DeclaredNeeds = {
    net: part(permissions.net, ".permissions.net", NET),
    fs: fs === "tmp" ? "tmp" : undefined,
    limits: Object.keys(limits).length > 0 ? limits : undefined,
    // `runtime` is the older spelling.
    runtime: part(field.preferred, ".preferred", RUNTIME) ??
      part(field.runtime, ".runtime", RUNTIME),
    fallbacks: part(field.fallbacks, ".fallbacks", FALLBACKS),
    constraints: Object.keys(constraints).length > 0 ? constraints : undefined,
    pure: part(field.pure, ".pure", z.boolean()),
    concurrent: part(field.concurrent, ".concurrent", z.boolean()),
  };
  return { needs: withoutUndefined(needs), warnings };
}

function withoutUndefined<T extends object>(fields: T): Partial<T>;
function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
