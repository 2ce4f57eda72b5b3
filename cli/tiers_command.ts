import { Argument, type Command, InvalidArgumentError } from "commander";
import type { TierLimits } from "../accounts/limits/tier_limits.ts";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import type { AnySql } from "../registry/database/database.ts";
import { type Tier, TIERS } from "../spec/account.ts";
import { RATE_CLASSES, type RateClass } from "../spec/rate_limit.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatTable } from "./format_table.ts";
import { onDatabase } from "./on_database.ts";
import { parseDurationMs } from "./parse_options.ts";

/** The command line acts for whoever has the machine. */
const ACTOR = { caller: OWNER_CALLER, requestId: null };

interface JsonFlag {
  readonly json?: true;
}

interface SetFlags extends JsonFlag {
  /** In milliseconds. */
  readonly window: number;
}

/** `airlock tiers`: what accounts are given by their tier. */
export function tiersCommand(program: Command, deps: CliDeps): void {
  const tiers = program.command("tiers").description(
    "Rate limits that accounts have by their tier",
  );
  tiers.command("ls")
    .description("List limits")
    .option("--json", "print as JSON")
    .action((flags: JsonFlag) => list(deps, flags));
  tiers.command("set")
    .description("Change a limit; running gateways follow within ten seconds")
    .addArgument(new Argument("<tier>", "whose").choices(TIERS))
    .addArgument(new Argument("<class>", "of which requests").choices(RATE_CLASSES))
    .addArgument(new Argument("<limit>", "how many in a window").argParser(parseLimit))
    .option("--window <time>", "how long a window is, 1s to 1d", parseDurationMs, 60_000)
    .option("--json", "print as JSON")
    .action((tier: Tier, rateClass: RateClass, limit: number, flags: SetFlags) =>
      set(deps, { tier, rateClass, limit }, flags)
    );
}

function list(deps: CliDeps, flags: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { readTierLimits } = await import("../accounts/limits/read_tier_limits.ts");
    print(deps, flags, await readTierLimits(sql));
  });
}

function set(
  deps: CliDeps,
  { tier, rateClass, limit }: {
    readonly tier: Tier;
    readonly rateClass: RateClass;
    readonly limit: number;
  },
  flags: SetFlags,
): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const [{ changeTiers }, { tierOverridesSchema }, { AirlockError }] = await Promise.all([
      import("../accounts/limits/change_tiers.ts"),
      import("../accounts/limits/rate_limit_schemas.ts"),
      import("../spec/errors.ts"),
    ]);
    const wish = { [tier]: { [rateClass]: { limit, windowMs: flags.window } } };
    const { success, data: limits } = tierOverridesSchema.safeParse(wish);
    if (!success) {
      throw new AirlockError("invalid_input", "change tier: limit or window is out of bounds", {
        stage: "request",
        suggestion: "Choose a window from 1s to 1d.",
      });
    }
    print(
      deps,
      flags,
      await sql.begin((tx: AnySql) => changeTiers(tx, ACTOR, { limits, rest: "stays" })),
    );
  });
}

function print({ terminal }: CliDeps, { json }: JsonFlag, limits: TierLimits): void {
  if (json) return terminal.out(`${JSON.stringify(limits)}\n`);
  const lines = TIERS.flatMap((tier) =>
    RATE_CLASSES.map((rateClass) => {
      const { limit, windowMs } = limits[tier][rateClass];
      return [tier, rateClass, String(limit), `${windowMs / 1000} s`];
    })
  );
  terminal.out(formatTable([["TIER", "CLASS", "LIMIT", "IN"], ...lines]));
}

function parseLimit(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("needs a whole number");
}
