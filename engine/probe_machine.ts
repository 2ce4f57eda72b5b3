import type { DoctorCheck, MachineReport } from "../cli/cli_deps.ts";
import type { Config, Environment } from "../config.ts";
import { loadNpmConfig } from "../registry/npm/npm_config.ts";
import { probeIsolation } from "../sandboxes/process/isolation.ts";
import { isSafeDeno, LEAST_DENO } from "./require_deno.ts";

const REACH_TIMEOUT_MS = 5_000;

/** Looks at what `airlock doctor` reports: version, isolation, registry. */
export async function probeMachine(
  config: Config,
  environment: Environment,
): Promise<MachineReport> {
  const searchPath = (environment.PATH ?? "").split(":").filter((entry) => entry !== "");
  const report = await probeIsolation({ denoPath: Deno.execPath(), searchPath });
  const checks: DoctorCheck[] = [
    denoCheck(Deno.version.deno),
    ...report.findings.map(({ tool, ok, state, suggestion }): DoctorCheck => ({
      name: tool,
      status: ok ? "ok" : "warn",
      detail: state,
      suggestion,
    })),
    await registryCheck(config, environment),
  ];
  return { isolation: report.level, checks };
}

/** What to say of a version of Deno. */
export function denoCheck(version: string): DoctorCheck {
  if (isSafeDeno(version)) return { name: "deno", status: "ok", detail: version };
  return {
    name: "deno",
    status: "fail",
    detail: `${version} has known sandbox escapes`,
    suggestion: `Use Deno ${LEAST_DENO} or newer`,
  };
}

async function registryCheck(config: Config, environment: Environment): Promise<DoctorCheck> {
  const name = "npm registry";
  const env = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] =>
      entry[1] !== undefined
    ),
  );
  try {
    const npm = await loadNpmConfig({
      registry: config.npm.registry,
      env,
      home: environment.HOME ?? "/",
      cwd: Deno.cwd(),
    });
    const { url, authorization } = npm.registryFor("airlock");
    const response = await fetch(new URL("-/ping", url), {
      headers: authorization === undefined ? {} : { authorization },
      redirect: "manual",
      signal: AbortSignal.timeout(REACH_TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.status < 500) return { name, status: "ok", detail: `${url.host} answers` };
    return { name, status: "warn", detail: `${url.host} answers ${response.status}` };
  } catch (error) {
    const why = error instanceof Error ? error.name : "unknown";
    return {
      name,
      status: "warn",
      detail: `cannot be reached (${why})`,
      suggestion: "Check the network, npm's configuration, or set AIRLOCK_NPM_REGISTRY",
    };
  }
}
