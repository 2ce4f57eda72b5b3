import type { Environment } from "../config.ts";
import { ownVariables } from "./own_variables.ts";
import { VARIABLE_NAMES, type VariableName, variableNote } from "./variables.ts";

const MASK = "********";

/** One line of `airlock config`. */
export interface ConfigRow {
  readonly name: VariableName;
  /** Secrets are masked; empty where there is neither value nor default. */
  readonly value: string;
  readonly default: string;
  readonly source: "environment" | "default";
  readonly meaning: string;
}

/** Every variable with its value, where it comes from and what it means. */
export function describeConfig(environment: Environment): ConfigRow[] {
  const own = ownVariables(environment);
  return VARIABLE_NAMES.map((name) => {
    const note = variableNote(name);
    const set = own[name];
    return {
      name,
      value: set === undefined ? note.fallback ?? "" : note.secret ? MASK : withoutCredentials(set),
      default: note.fallback ?? "",
      source: set === undefined ? "default" : "environment",
      meaning: note.meaning,
    };
  });
}

/** Wrong values are shown too, and URLs with credentials are wrong. */
function withoutCredentials(value: string): string {
  return value.replaceAll(/:\/\/[^\s,]*@/g, `://${MASK}@`).replaceAll(/\?[^\s,]+/g, `?${MASK}`);
}
