import { type Command, Option } from "commander";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { type Tier, TIERS } from "../spec/account.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatTable } from "./format_table.ts";
import { onDatabase } from "./on_database.ts";
import { printable } from "./printable.ts";

/** The command line acts for whoever has the machine. */
const ACTOR = { caller: OWNER_CALLER, requestId: null };

const MAX_LISTED = 10_000;

interface JsonFlag {
  readonly json?: true;
}

interface SetFlags extends JsonFlag {
  readonly tier?: Tier;
  readonly admin?: boolean;
}

/** `airlock users`: add, list and remove users. */
export function usersCommand(program: Command, deps: CliDeps): void {
  const users = program.command("users").description("People who may sign in");
  users.command("ls")
    .description("List users")
    .option("--json", "print as JSON")
    .action((flags: JsonFlag) => list(deps, flags));
  users.command("add <email>")
    .description(
      "Add a user; the password is read from standard input. The first one takes over " +
        "what is here, and from then on everybody has to sign in or send a key",
    )
    .option("--name <name>", "how others see them")
    .option("--json", "print as JSON")
    .action((email: string, flags: JsonFlag & { name?: string }) => add(deps, email, flags));
  users.command("set <name>")
    .description("Change what a user (by address) or an organisation (by slug) is given")
    .addOption(new Option("--tier <tier>", "what it may use").choices(TIERS))
    .option("--admin", "let a user look after the installation")
    .option("--no-admin", "let them no longer")
    .option("--json", "print as JSON")
    .action((name: string, flags: SetFlags) => set(deps, name, flags));
  users.command("rm <email>")
    .description("Remove a user with their sessions and keys")
    .option("--json", "print as JSON")
    .action((email: string, flags: JsonFlag) => remove(deps, email, flags));
}

function list(deps: CliDeps, flags: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { listUsers } = await import("../accounts/users/list_users.ts");
    const users = await listUsers(sql, { limit: MAX_LISTED });
    if (flags.json) return deps.terminal.out(`${JSON.stringify(users)}\n`);
    const lines = users.map((user) => [
      ...[user.id, printable(user.email), printable(user.name), user.admin ? "admin" : "-"],
      user.tier,
    ]);
    deps.terminal.out(formatTable([["ID", "EMAIL", "NAME", "ROLE", "TIER"], ...lines]));
  });
}

function add(
  deps: CliDeps,
  email: string,
  { name = email.split("@", 1)[0]!, json }: JsonFlag & { readonly name?: string },
): Promise<void> {
  return onDatabase(deps, async (database, config) => {
    const password = (await deps.terminal.readStdin()).replace(/\r?\n$/, "");
    const url = `http://${config.host}:${config.port}`;
    await using accounts = await deps.openAccounts(config, { database, url: () => url });
    const people = await accounts.people();
    const { id } = await people.addUser({ email, name, password }, ACTOR);
    deps.terminal.out(json ? `${JSON.stringify({ id })}\n` : `added ${printable(email)}\n`);
  });
}

function set(deps: CliDeps, name: string, { json, ...wish }: SetFlags): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { changeAccount } = await import("../accounts/users/change_account.ts");
    const { id } = await changeAccount(sql, ACTOR, { name, ...wish });
    deps.terminal.out(
      json ? `${JSON.stringify({ id, ...wish })}\n` : `changed ${printable(name)}\n`,
    );
  });
}

function remove(deps: CliDeps, email: string, { json }: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { removeUser } = await import("../accounts/users/list_users.ts");
    await removeUser(sql, email, { actor: ACTOR });
    deps.terminal.out(json ? `${JSON.stringify({ email })}\n` : `removed ${printable(email)}\n`);
  });
}
