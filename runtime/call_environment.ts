import type { ArtifactManifest } from "../spec/artifact.ts";
import { AirlockError } from "../spec/errors.ts";
import type { EnvDeclaration } from "../spec/tool.ts";

/** Names that configure Deno, Node, the loader or the shell rather than a tool. */
const REFUSED_NAME =
  /^(?:DENO_|NODE_OPTIONS$|NODE_PATH$|NODE_EXTRA_CA_CERTS$|NODE_TLS_|NODE_DEBUG|NODE_V8_|NODE_CHANNEL_|NODE_UNIQUE_ID$|NPM_CONFIG_|LD_|DYLD_|GLIBC_|MALLOC_|AIRLOCK_|BASH_ENV$|ENV$|IFS$|PATH$|HOME$|SHELL$|SSL_CERT_|SSLKEYLOGFILE$|OPENSSL_CONF$|OPENSSL_MODULES$|GCONV_PATH$|LOCPATH$|RUST_|TMPDIR$|(?:HTTP|HTTPS|ALL|NO)_PROXY$)/i;

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Total length of names and values that one call may bring. */
const MAX_ENV_CHARACTERS = 64 * 1024;

/**
 * The environment that a tool gets: only names its package declares, in that order, or what the
 * request brings where the package declares none. Kept values, then declared defaults, fill gaps;
 * kept ones never go to a package that does not declare them.
 *
 * @throws {AirlockError} `invalid_input` for names that are malformed or would configure the
 * sandbox itself, and for more than 64 Ki characters. Values never appear in the error.
 */
export function callEnvironment(
  requested: Readonly<Record<string, string>>,
  declared: readonly EnvDeclaration[],
  kept: Readonly<Record<string, string>> = {},
): Record<string, string> {
  checkRequested(requested);
  if (declared.length === 0) return { ...requested };
  const env: Record<string, string> = {};
  for (const { name, default: fallback } of declared) {
    if (REFUSED_NAME.test(name)) continue;
    const from = [requested, kept].find((values) => Object.hasOwn(values, name));
    const value = from === undefined ? fallback : from[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** Names that a package requires and a call does not bring: often why a tool fails. */
export function missingEnvironment(
  env: Readonly<Record<string, string>>,
  declared: readonly EnvDeclaration[],
): string[] {
  return declared.filter(({ name, required }) => required && !Object.hasOwn(env, name))
    .map(({ name }) => name);
}

const SECRET_NAME = /KEY|TOKEN|SECRET|PASSWORD/;

/**
 * Names that sound like credentials, that the code reads and that a call does not bring; empty where
 * the package declares what it reads. They may be optional: a reason for a hint, not for a refusal.
 */
export function unsentSecrets(
  env: Readonly<Record<string, string>>,
  manifest: Pick<ArtifactManifest, "env" | "uses">,
): string[] {
  if (manifest.env.length > 0) return [];
  return manifest.uses.env.filter((name) =>
    SECRET_NAME.test(name) && !REFUSED_NAME.test(name) && !Object.hasOwn(env, name)
  );
}

function checkRequested(requested: Readonly<Record<string, string>>): void {
  let characters = 0;
  for (const [name, value] of Object.entries(requested)) {
    characters += name.length + value.length;
    if (!NAME.test(name)) {
      throw refusedName(name, "is not a valid name", "Use letters, digits and underscores");
    }
    if (REFUSED_NAME.test(name)) {
      throw refusedName(name, "is not for tools", "Leave it out: it configures the sandbox itself");
    }
  }
  if (characters > MAX_ENV_CHARACTERS) {
    throw new AirlockError(
      "invalid_input",
      `Reading env: ${characters} characters, ${MAX_ENV_CHARACTERS} allowed`,
      { stage: "request", suggestion: "Pass large values in params" },
    );
  }
}

function refusedName(name: string, state: string, suggestion: string): AirlockError {
  return new AirlockError("invalid_input", `Reading env: ${name.slice(0, 64)} ${state}`, {
    stage: "request",
    suggestion,
    details: { name: name.slice(0, 64) },
  });
}
