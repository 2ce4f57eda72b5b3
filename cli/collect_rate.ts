import { InvalidArgumentError } from "commander";
import { rateOverridesSchema } from "../accounts/limits/rate_limit_schemas.ts";
import { RATE_CLASSES, type RateOverrides } from "../spec/rate_limit.ts";
import { parseDurationMs } from "./parse_options.ts";

const WINDOW = "1m";

/** Adds `execute=60/1m` to what was given before; the window is a minute where it is left out. */
export function collectRate(text: string, before: RateOverrides = {}): RateOverrides {
  const [, named, limit, window = WINDOW] = /^(\w+)=(\d{1,9})(?:\/(\w+))?$/.exec(text) ?? [];
  const rateClass = RATE_CLASSES.find((known) => known === named);
  if (rateClass === undefined) {
    throw new InvalidArgumentError(
      `needs a limit such as execute=60/1m, of ${RATE_CLASSES.join(", ")}`,
    );
  }
  const wanted = { [rateClass]: { limit: Number(limit), windowMs: parseDurationMs(window) } };
  const checked = rateOverridesSchema.safeParse(wanted);
  if (checked.success) return { ...before, ...checked.data };
  const issue = checked.error.issues[0];
  throw new InvalidArgumentError(`${issue?.path.join(".")}: ${issue?.message}`);
}
