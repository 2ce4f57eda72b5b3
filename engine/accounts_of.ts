import { hkdfSync } from "node:crypto";
import { join } from "node:path";
import type { OpenAccountsOptions } from "../accounts/open_accounts.ts";
import type { MasterKeyBytes } from "../accounts/secrets/master_keys.ts";
import type { PeopleSettings } from "../accounts/users/people_settings.ts";
import { type Config, isLoopbackHost } from "../config.ts";
import { bytesOfKey } from "../config/parsers.ts";
import type { Secret } from "../config/secret.ts";
import type { ExecutorChoice } from "../spec/executor_choice.ts";
import { keptAuthSecret } from "./kept_auth_secret.ts";

/** What accounts are opened with, as configured. `url` says where the gateway listens. */
export function accountsOf(
  config: Config,
  { url }: { readonly url: () => string },
): Omit<OpenAccountsOptions, "database" | "onFailure"> {
  const { publicUrl } = config;
  return {
    ownerKey: config.apiKey?.reveal(),
    trustsMachine: config.loopback &&
      (publicUrl === undefined || isLoopbackHost(new URL(publicUrl).hostname)),
    masterKeys: masterKeysOf(config),
    executor: executorOf(config),
    people: () => peopleOf(config, { url: url() }),
  };
}

function executorOf({ executor }: Config): ExecutorChoice {
  if (executor === undefined) return { kind: "local" };
  return { kind: "remote", url: executor.url, token: executor.token?.reveal() };
}

/** The configured master keys. */
export function masterKeysOf({ masterKey, masterKeyPrevious }: Config): MasterKeyBytes {
  return { current: keyBytes(masterKey), previous: keyBytes(masterKeyPrevious) };
}

/** How people sign in, as configured. */
export async function peopleOf(
  config: Config,
  { url }: { readonly url: string },
): Promise<PeopleSettings> {
  const { github, google, oidc, signUp } = config.people;
  return {
    publicUrl: config.publicUrl ?? url,
    secret: await authSecretOf(config),
    origins: config.corsOrigins,
    signUp,
    providers: {
      ...(github && { github: revealed(github) }),
      ...(google && { google: revealed(google) }),
      ...(oidc && { oidc: revealed(oidc) }),
    },
  };
}

/** Nodes with the same master key agree; a node without one keeps a secret of its own. */
async function authSecretOf({ people, masterKey, dataDirectory }: Config): Promise<string> {
  if (people.authSecret !== undefined) return people.authSecret.reveal();
  const master = keyBytes(masterKey);
  if (master === undefined) return await keptAuthSecret(join(dataDirectory, "auth_secret"));
  const derived = hkdfSync("sha256", master, new Uint8Array(), "airlock auth secret", 32);
  return new Uint8Array(derived).toBase64();
}

function keyBytes(key: Secret | undefined): Uint8Array | undefined {
  return key === undefined ? undefined : bytesOfKey(key.reveal());
}

function revealed<T extends { readonly clientSecret: Secret }>(
  client: T,
): Omit<T, "clientSecret"> & { readonly clientSecret: string } {
  return { ...client, clientSecret: client.clientSecret.reveal() };
}
