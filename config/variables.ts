// Long, since it is one table: every variable, in the order of docs/configuration.md.
import { z } from "zod";
import { ISOLATION_LEVELS } from "../spec/sandbox.ts";
import { noteOf, optional, secret, variable, type VariableNote } from "./annotate_variable.ts";
import { limitPair } from "./limit_pair.ts";
import { MODEL_VARIABLES } from "./model_variables.ts";
import { MCP_VARIABLES } from "./mcp_variables.ts";
import {
  databaseUrl,
  executorUrl,
  isAddressBlock,
  isHostPort,
  isPrivatePlace,
  isWebOrigin,
  keyOf32Bytes,
  listOf,
  netGrant,
  redisUrl,
  webOrigin,
  webUrl,
  wholeNumber,
  yesOrNo,
} from "./parsers.ts";

const DAY_MS = 86_400_000;
const [KB, MB] = [1024, 1024 ** 2];

const [timeout, maxTimeout] = limitPair("timeoutMs", 1);
const [memory, maxMemory] = limitPair("memoryBytes", MB);
const [output, maxOutput] = limitPair("outputBytes", KB);
const [log, maxLog] = limitPair("logBytes", KB);
const milliseconds = wholeNumber(1, DAY_MS);
const interval = wholeNumber(0, 7 * DAY_MS);
const megabytes = wholeNumber(16, 64 * KB);
const kilobytes = wholeNumber(1, MB);

/** Every environment variable that Airlock reads, with its parser, default and meaning. */
export const VARIABLES = z.object({
  AIRLOCK_HOST: variable(z.string(), "127.0.0.1", "Address to listen on"),
  AIRLOCK_PORT: variable(wholeNumber(0, 65_535), "8787", "Port to listen on; 0 takes a free one"),
  AIRLOCK_API_KEY: secret("Key that callers send; needed to listen beyond loopback"),
  AIRLOCK_CORS_ORIGINS: variable(
    listOf(isWebOrigin, "origins such as https://app.example"),
    "",
    "Web origins that may call from a browser",
  ),
  AIRLOCK_DATA_DIR: variable(z.string(), ".airlock", "Directory for artifacts and state"),
  AIRLOCK_DATABASE_URL: secret(
    "PostgreSQL, as postgres://…; a database in the data directory when unset",
    databaseUrl(),
  ),
  AIRLOCK_PUBLIC_URL: optional(
    webOrigin(),
    "Where people reach the gateway, as https://airlock.example; where it listens when unset",
  ),
  AIRLOCK_TRUSTED_PROXIES: variable(
    listOf(isAddressBlock, "addresses or CIDR blocks"),
    "",
    "Proxies in front of the gateway: their X-Forwarded-For says who calls",
  ),
  AIRLOCK_SIGN_UP: variable(
    z.enum(["closed", "open"]),
    "closed",
    "open lets anybody make an account; closed leaves it to admins",
  ),
  AIRLOCK_MASTER_KEY: secret(
    "32 random bytes that stored secrets are sealed under",
    keyOf32Bytes(),
  ),
  AIRLOCK_MASTER_KEY_PREVIOUS: secret(
    "The master key before, until `airlock secrets rotate` has run",
    keyOf32Bytes(),
  ),
  AIRLOCK_AUTH_SECRET: secret(
    "What sessions are signed with, of 32 characters or more; made when unset",
    z.string().min(32, "needs at least 32 characters"),
  ),
  AIRLOCK_GITHUB_CLIENT_ID: optional(z.string(), "GitHub app that people sign in by"),
  AIRLOCK_GITHUB_CLIENT_SECRET: secret("Secret of the GitHub app"),
  AIRLOCK_GOOGLE_CLIENT_ID: optional(z.string(), "Google client that people sign in by"),
  AIRLOCK_GOOGLE_CLIENT_SECRET: secret("Secret of the Google client"),
  AIRLOCK_OIDC_DISCOVERY_URL: optional(
    webUrl(),
    "openid-configuration of another provider that people sign in by",
  ),
  AIRLOCK_OIDC_CLIENT_ID: optional(z.string(), "Client at that provider"),
  AIRLOCK_OIDC_CLIENT_SECRET: secret("Secret of the client at that provider"),
  AIRLOCK_NPM_REGISTRY: optional(webUrl(), "npm registry for tools; npm's own setting when unset"),
  AIRLOCK_NPM_MIN_AGE_HOURS: variable(
    wholeNumber(0, 24 * 365),
    "0",
    "Versions published more recently than this are not used",
  ),
  AIRLOCK_ESM_ORIGIN: variable(webUrl(), "https://esm.sh", "esm.sh-compatible origin for modules"),
  AIRLOCK_DEFAULT_SOURCE: variable(
    z.enum(["auto", "npm", "esm"]),
    "auto",
    "Where packages come from when a call does not say",
  ),
  AIRLOCK_DEFAULT_NET: variable(
    netGrant(),
    "none",
    "Network of calls that ask for nothing: none, public, or hosts",
  ),
  AIRLOCK_MAX_NET: variable(
    netGrant(),
    "public",
    "Most network a call may ask for: none, public, or hosts",
  ),
  AIRLOCK_GRANT_DECLARED: variable(
    yesOrNo(),
    "false",
    "Grant what a package declares it needs without being asked",
  ),
  AIRLOCK_NET_ALLOW_PRIVATE: variable(
    listOf(isPrivatePlace, "hosts, host:port pairs or CIDR blocks"),
    "",
    "Private addresses that tools may reach when granted",
  ),
  AIRLOCK_ALLOW_NET_DIRECT: variable(
    listOf(isHostPort, "host:port pairs"),
    "",
    "host:port pairs that tools may reach by raw sockets when granted",
  ),
  AIRLOCK_ALLOW_FS_TMP: variable(
    yesOrNo(),
    "true",
    "Allow a private temporary directory to be asked for",
  ),
  AIRLOCK_MIN_ISOLATION: variable(
    z.enum(ISOLATION_LEVELS),
    "permissions",
    "Weakest isolation accepted; less is refused at start",
  ),
  AIRLOCK_ISOLATION_MODE: variable(
    z.enum(["shared", "per-call"]),
    "shared",
    "per-call gives every call a process of its own",
  ),
  AIRLOCK_MAX_SANDBOXES: variable(
    wholeNumber(1, 4096),
    "16",
    "Most sandboxes of deno alive at once; quickjs and extism may each have half as many",
  ),
  AIRLOCK_BLANK_SANDBOXES: variable(
    wholeNumber(0, 1024),
    "2",
    "Least blank sandboxes kept ready; with 0 none ever is",
  ),
  AIRLOCK_POOL_MEMORY_MB: variable(
    megabytes,
    "2048",
    "Memory of sandboxes above which none is kept ready; running calls are never ended for it",
  ),
  AIRLOCK_SANDBOX_MAX_USES: variable(
    wholeNumber(1, 1_000_000),
    "10000",
    "Calls after which a sandbox is replaced",
  ),
  AIRLOCK_SANDBOX_IDLE_MS: variable(milliseconds, "120000", "Idle time after which a sandbox ends"),
  AIRLOCK_CALL_CONCURRENCY: variable(
    wholeNumber(1, 1024),
    "8",
    "Most overlapping calls in one sandbox, for tools known to be safe for it",
  ),
  AIRLOCK_QUEUE_LIMIT: variable(wholeNumber(0, 100_000), "256", "Most calls waiting for a sandbox"),
  AIRLOCK_QUEUE_WAIT_MS: variable(milliseconds, "10000", "Longest wait for a sandbox"),
  AIRLOCK_TIMEOUT_MS: variable(milliseconds, timeout, "Default time of a call"),
  AIRLOCK_MAX_TIMEOUT_MS: variable(milliseconds, maxTimeout, "Most time a call may ask for"),
  AIRLOCK_MEMORY_MB: variable(megabytes, memory, "Default memory of a call"),
  AIRLOCK_MAX_MEMORY_MB: variable(megabytes, maxMemory, "Most memory a call may ask for"),
  AIRLOCK_OUTPUT_KB: variable(kilobytes, output, "Default size of a result"),
  AIRLOCK_MAX_OUTPUT_KB: variable(kilobytes, maxOutput, "Largest result a call may ask for"),
  AIRLOCK_LOG_KB: variable(kilobytes, log, "Default log text kept of a call"),
  AIRLOCK_MAX_LOG_KB: variable(kilobytes, maxLog, "Most log text a call may ask for"),
  AIRLOCK_MAX_BODY_BYTES: variable(
    wholeNumber(KB, KB * MB),
    String(4 * MB),
    "Largest request body",
  ),
  AIRLOCK_CACHE_MAX_BYTES: variable(
    wholeNumber(MB, Number.MAX_SAFE_INTEGER),
    String(5 * KB * MB),
    "Disk space for artifacts before the least used are removed",
  ),
  AIRLOCK_RESULT_CACHE_MB: variable(
    wholeNumber(0, 64 * KB),
    "64",
    "Memory for results of pure tools; 0 keeps none",
  ),
  AIRLOCK_RESULT_TTL_MS: variable(
    milliseconds,
    "600000",
    "How long the result of a pure tool is kept",
  ),
  AIRLOCK_EXECUTOR_URL: optional(
    executorUrl(),
    "Executor that runs calls where no agent or collection names one; this gateway when unset",
  ),
  AIRLOCK_EXECUTOR_TOKEN: secret("What that executor is sent as authorization: Bearer"),
  AIRLOCK_RATE_STORE: variable(
    z.enum(["memory", "database", "redis"]),
    "memory",
    "Where rate limits are counted: in each process, or for all nodes in the database or in Redis",
  ),
  AIRLOCK_REDIS_URL: secret("Redis, as redis://…; needed for AIRLOCK_RATE_STORE=redis", redisUrl()),
  AIRLOCK_RATE_STORE_DOWN: variable(
    z.enum(["open", "closed"]),
    "open",
    "While that place does not answer: open lets calls pass, closed turns them away",
  ),
  AIRLOCK_SYNC: variable(yesOrNo(), "false", "Follow npm's registry without being asked"),
  AIRLOCK_SYNC_CHANGES_MS: variable(interval, "120000", "Between runs of changes; 0 for never"),
  AIRLOCK_SYNC_KEYWORD_MS: variable(interval, "900000", "Between runs of keyword; 0 for never"),
  AIRLOCK_SYNC_METRICS_MS: variable(interval, "3600000", "Between runs of metrics; 0 for never"),
  AIRLOCK_SYNC_PROBE: variable(
    yesOrNo(),
    "false",
    "Build and probe packages that were found, a few at a time",
  ),
  AIRLOCK_NPM_CHANGES_URL: optional(
    webUrl({ query: true }),
    "Changes feed of npm's registry; watched packages are asked for one by one when unset",
  ),
  AIRLOCK_NPM_CHANGES_SINCE: variable(
    z.string().regex(/^[\w.-]{1,256}$/, "needs now, 0 or a place in the feed"),
    "now",
    "Where a changes feed is begun that was never read",
  ),
  AIRLOCK_NPM_DOWNLOADS_URL: optional(
    webUrl(),
    "API of npm's download counts; none are read when unset",
  ),
  AIRLOCK_GITHUB_API_URL: optional(
    webUrl(),
    "API of GitHub, or one like it, for stars; none are read when unset",
  ),
  AIRLOCK_GITHUB_TOKEN: secret("Sent to AIRLOCK_GITHUB_API_URL"),
  ...MODEL_VARIABLES,
  ...MCP_VARIABLES,
  AIRLOCK_DRAIN_MS: variable(milliseconds, "30000", "Time running calls get when stopping"),
  AIRLOCK_LOG_LEVEL: variable(
    z.enum(["debug", "info", "warning", "error"]),
    "info",
    "Least severe log line written",
  ),
  AIRLOCK_LOG_FORMAT: variable(z.enum(["json", "pretty"]), "json", "How log lines look"),
});

/** Name of a variable that Airlock reads. */
export type VariableName = keyof typeof VARIABLES.shape;

/** Every variable's name, in the order they are shown. */
export const VARIABLE_NAMES = VARIABLES.keyof().options;

/** What is known about a variable beside its value. */
export function variableNote(name: VariableName): VariableNote {
  return noteOf(VARIABLES.shape[name]) ?? { meaning: "", fallback: null, secret: true };
}
