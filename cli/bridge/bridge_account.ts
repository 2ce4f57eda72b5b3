import {
  checkCredentials,
  gatewayOrigin,
  readCredentials,
  writeCredentials,
} from "../../bridge/bridge_credentials.ts";
import { logInDevice, surrenderDeviceKey } from "../../bridge/device_login.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { CliDeps } from "../cli_deps.ts";
import { printable } from "../printable.ts";
import { unlessInterrupted } from "../unless_interrupted.ts";
import { configOf, pathsOf } from "./bridge_files.ts";

const TIMEOUT_MS = 15_000;

/** What `login` is told. */
export interface LoginFlags {
  readonly gateway: string;
  /** `-`: read from stdin, where no list of processes shows it. */
  readonly apiKey?: string;
  /** False: the address of the page is shown, and nothing else. */
  readonly browser?: boolean;
}

/**
 * `airlock bridge login`: gets a key of this machine's own, which somebody allows on the gateway's page,
 * or asks the gateway whether it takes the one that is given; and keeps it.
 */
export async function login(deps: CliDeps, flags: LoginFlags): Promise<void> {
  const gateway = gatewayOrigin(flags.gateway);
  const { credentials: path } = pathsOf(deps);
  const given = flags.apiKey === "-" ? (await deps.terminal.readStdin()).trim() : flags.apiKey;
  if (given !== undefined) {
    await check({ gateway, apiKey: given });
    await writeCredentials(path, { gateway, apiKey: given });
  } else if (await asksForNoKey(gateway)) {
    await writeCredentials(path, { gateway });
  } else {
    const apiKey = await askOnPage(deps, gateway, flags.browser !== false);
    await writeCredentials(path, { gateway, apiKey, isOwn: true });
  }
  deps.terminal.out(`logged in to ${gateway}; kept in ${path}, for you alone\n`);
}

/**
 * `airlock bridge logout`: forgets the key, and ends it where it is of this machine alone. Another one
 * goes on at the gateway, where it can be revoked.
 */
export async function logout(deps: CliDeps): Promise<void> {
  const { credentials: path } = pathsOf(deps);
  const { terminal } = deps;
  const kept = await readKept(path);
  await Deno.remove(path).catch(() => {
    // There was none.
  });
  const { gateway, apiKey, isOwn = false } = kept ?? {};
  if (isOwn && gateway !== undefined && apiKey !== undefined) {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const isOver = await surrenderDeviceKey({ gateway, apiKey, signal });
    if (!isOver) {
      terminal.err("the gateway does not answer: revoke the key of this machine there\n");
    }
  }
  terminal.out("logged out\n");
}

/** What cannot be read is forgotten as well. */
async function readKept(path: string) {
  try {
    return await readCredentials(path);
  } catch (error) {
    if (error instanceof AirlockError) return null;
    throw error;
  }
}

async function askOnPage(deps: CliDeps, gateway: string, isOpened: boolean): Promise<string> {
  const { terminal } = deps;
  const { name: machine } = await configOf(pathsOf(deps));
  const stop = new AbortController();
  using _signals = deps.onSignal(() => stop.abort());
  const { apiKey, allowedBy } = await unlessInterrupted(() =>
    logInDevice({
      ...{ gateway, machine, signal: stop.signal },
      onCode({ userCode, page, pageWithCode }) {
        const shows = isOpened && deps.openPage(pageWithCode);
        terminal.out(
          `${
            shows ? `The browser shows ${page}` : `Open ${page}`
          }, and allow this machine there. ` +
            `Its code is\n\n    ${userCode}\n\nWaiting …\n`,
        );
      },
    }), stop.signal);
  terminal.out(
    `allowed by ${printable(allowedBy)}. If that is not you, run \`airlock bridge logout\`.\n`,
  );
  return apiKey;
}

/** Some gateways are of this machine alone, and ask nobody who they are. */
async function asksForNoKey(gateway: string): Promise<boolean> {
  try {
    await check({ gateway });
    return true;
  } catch (error) {
    if (error instanceof AirlockError && error.code === "unauthenticated") return false;
    throw error;
  }
}

async function check(
  credentials: { readonly gateway: string; readonly apiKey?: string },
): Promise<void> {
  await checkCredentials(credentials, { signal: AbortSignal.timeout(TIMEOUT_MS) });
}
