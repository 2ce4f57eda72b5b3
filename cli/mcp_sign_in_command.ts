import type { Command } from "commander";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import type { Config } from "../config.ts";
import type { SignInDesk, SignInView } from "../gateway/servers/sign_in_desk.ts";
import type { CliDeps } from "./cli_deps.ts";
import { onDatabase } from "./on_database.ts";
import { OWNER_ACTOR } from "./owner_actor.ts";
import { printable } from "./printable.ts";

interface SignInFlags {
  readonly finish?: string;
  readonly clientId?: string;
  readonly json?: true;
}

/** `airlock mcp sign-in|sign-out`: signing in to other MCP servers. */
export function mcpSignInCommand(mcp: Command, deps: CliDeps): void {
  mcp.command("sign-in <collection> <server>")
    .description("Sign in to a server: prints the address to open in a browser")
    .option("--finish <url>", "the address that the browser came back to, where nothing listens")
    .option("--client-id <id>", "of a client that was registered there by hand")
    .option("--json", "print as JSON")
    .action((collectionId: string, server: string, flags: SignInFlags) =>
      signIn(deps, { collectionId, server }, flags)
    );
  mcp.command("sign-out <collection> <server>")
    .description("Forget what a server let you in with")
    .option("--json", "print as JSON")
    .action((collectionId: string, server: string, flags: SignInFlags) =>
      onDesk(deps, async (desk) => {
        tell(deps, await desk.end(OWNER_ACTOR, { collectionId, server }), flags);
      })
    );
}

interface Target {
  readonly collectionId: string;
  readonly server: string;
}

function signIn(deps: CliDeps, target: Target, flags: SignInFlags): Promise<void> {
  const { terminal } = deps;
  return onDesk(deps, async (desk, config) => {
    if (flags.finish !== undefined) {
      await desk.finish(OWNER_ACTOR, new URL(flags.finish), target);
      return tell(deps, await desk.show(OWNER_CALLER, target), flags);
    }
    const opened = await desk.begin(OWNER_ACTOR, {
      ...target,
      origin: new URL(config.publicUrl ?? `http://${config.host}:${config.port}`).origin,
      ...(flags.clientId !== undefined && { ownClient: { clientId: flags.clientId } }),
    });
    if (flags.json) return terminal.out(`${JSON.stringify(opened)}\n`);
    terminal.out(`${printable(opened.address)}\n`);
    terminal.err(
      "Open that address. Where the gateway does not run, the browser comes back to nothing: " +
        "then give its address to --finish, in quotation marks.\n",
    );
  });
}

function onDesk(
  deps: CliDeps,
  work: (desk: SignInDesk, config: Config) => Promise<void>,
): Promise<void> {
  return onDatabase(deps, async (database, config) => {
    const { SignInDesk } = await import("../gateway/servers/sign_in_desk.ts");
    await using accounts = await deps.openAccounts(config, { database, url: () => "" });
    await using upstreams = deps.openUpstreams(config);
    await work(new SignInDesk({ accounts, upstreams: () => upstreams.pool() }), config);
  });
}

function tell({ terminal }: CliDeps, view: SignInView, { json }: SignInFlags): void {
  if (json) return terminal.out(`${JSON.stringify(view)}\n`);
  const from = view.issuer === null ? "" : ` by ${printable(view.issuer)}`;
  terminal.out(view.signedIn ? `signed in${from}\n` : "not signed in\n");
}
