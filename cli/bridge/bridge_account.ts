import {
  checkCredentials,
  gatewayOrigin,
  writeCredentials,
} from "../../bridge/bridge_credentials.ts";
import type { CliDeps } from "../cli_deps.ts";
import { pathsOf } from "./bridge_files.ts";

const TIMEOUT_MS = 15_000;

/** What `login` is told. */
export interface LoginFlags {
  readonly gateway: string;
  /** `-`: read from stdin, where no list of processes shows it. */
  readonly apiKey?: string;
}

/** `airlock bridge login`: asks the gateway whether it takes the key, and keeps both. */
export async function login(deps: CliDeps, flags: LoginFlags): Promise<void> {
  const gateway = gatewayOrigin(flags.gateway);
  const apiKey = flags.apiKey === "-" ? (await deps.terminal.readStdin()).trim() : flags.apiKey;
  const credentials = { gateway, ...(apiKey !== undefined && { apiKey }) };
  await checkCredentials(credentials, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const { credentials: path } = pathsOf(deps);
  await writeCredentials(path, credentials);
  deps.terminal.out(`logged in to ${gateway}; kept in ${path}, for you alone\n`);
}

/** `airlock bridge logout`: forgets the key. It goes on at the gateway, where it can be revoked. */
export async function logout(deps: CliDeps): Promise<void> {
  try {
    await Deno.remove(pathsOf(deps).credentials);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  deps.terminal.out("logged out\n");
}
