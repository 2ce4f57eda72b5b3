import type { VariableName } from "./variables.ts";

/** What each provider of accounts, or of guesses, needs: all of it or nothing. */
const PROVIDERS: readonly (readonly VariableName[])[] = [
  ["AIRLOCK_GITHUB_CLIENT_ID", "AIRLOCK_GITHUB_CLIENT_SECRET"],
  ["AIRLOCK_GOOGLE_CLIENT_ID", "AIRLOCK_GOOGLE_CLIENT_SECRET"],
  ["AIRLOCK_OIDC_CLIENT_ID", "AIRLOCK_OIDC_CLIENT_SECRET", "AIRLOCK_OIDC_DISCOVERY_URL"],
  ["AIRLOCK_SCHEMA_MODEL_URL", "AIRLOCK_SCHEMA_MODEL"],
];

/** What is missing of providers that are set in part: they would silently not be there. */
export function providerFaults(
  values: Readonly<Partial<Record<VariableName, unknown>>>,
): { readonly variable: VariableName; readonly message: string }[] {
  return PROVIDERS.flatMap((names) => {
    const set = names.filter((name) => values[name] !== undefined);
    const missing = set.length === 0 ? [] : names.filter((name) => !set.includes(name));
    const message = `is not set, and needed beside ${set.join(" and ")}`;
    return missing.map((variable) => ({ variable, message }));
  });
}
