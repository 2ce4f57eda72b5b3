import { resolve } from "node:path";
import type { z } from "zod";
import type { Secret } from "./config/secret.ts";
import { providerFaults } from "./config/provider_faults.ts";
import { ownVariables } from "./config/own_variables.ts";
import { type PeopleConfig, peopleConfig } from "./config/people_config.ts";
import { VARIABLE_NAMES, type VariableName, VARIABLES } from "./config/variables.ts";
import { type ModelConfig, modelConfig } from "./config/model_config.ts";
import { type SyncConfig, syncConfig } from "./config/sync_config.ts";
import { AirlockError } from "./spec/errors.ts";
import type { Limits } from "./spec/limits.ts";
import { nearestName } from "./spec/nearest_name.ts";
import type { NetGrant } from "./spec/permissions.ts";
import type { IsolationLevel } from "./spec/sandbox.ts";

/** The environment as read once at start. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that can be configured, parsed. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Whether `host` can only be reached from this machine. */
  readonly loopback: boolean;
  readonly apiKey: Secret | undefined;
  readonly corsOrigins: readonly string[];
  /** Absolute. */
  readonly dataDirectory: string;
  /** Of a PostgreSQL server. Where absent, the database is in the data directory. */
  readonly databaseUrl: Secret | undefined;
  /** Where people reach the gateway, without a path; where it listens when absent. */
  readonly publicUrl: string | undefined;
  /** Addresses and CIDR blocks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly people: PeopleConfig;
  /** Of 32 bytes, in base64 or hex. */
  readonly masterKey: Secret | undefined;
  readonly masterKeyPrevious: Secret | undefined;
  readonly npm: { readonly registry: string | undefined; readonly minAgeMs: number };
  readonly esmOrigin: string;
  readonly defaultSource: "auto" | "npm" | "esm";
  readonly policy: {
    readonly defaultNet: NetGrant;
    readonly maxNet: NetGrant;
    readonly grantDeclared: boolean;
    readonly netAllowPrivate: readonly string[];
    readonly allowNetDirect: readonly string[];
    readonly allowFsTmp: boolean;
    readonly minIsolation: IsolationLevel;
  };
  readonly pool: {
    readonly isolationMode: "shared" | "per-call";
    readonly maxSandboxes: number;
    readonly blankSandboxes: number;
    readonly memoryBytes: number;
    readonly maxUses: number;
    readonly idleMs: number;
    readonly callConcurrency: number;
    readonly queueLimit: number;
    readonly queueWaitMs: number;
  };
  readonly limits: { readonly defaults: Limits; readonly ceilings: Limits };
  readonly maxBodyBytes: number;
  readonly cacheMaxBytes: number;
  /** Results of pure tools, in memory. */
  readonly results: { readonly maxBytes: number; readonly ttlMs: number };
  /** Where calls run that nobody says anything about; here where absent. */
  readonly executor: { readonly url: string; readonly token: Secret | undefined } | undefined;
  /** How accounts are counted. */
  readonly metering: {
    readonly rateStore: "memory" | "database" | "redis";
    readonly redisUrl: Secret | undefined;
    readonly whenStoreIsDown: "open" | "closed";
  };
  readonly mcp: {
    /** MCP servers that may be started here, word by word. */
    readonly stdioCommands: readonly (readonly string[])[];
  };
  readonly sync: SyncConfig;
  /** Guesses schemas; nobody does where absent. */
  readonly schemaModel: ModelConfig | undefined;
  readonly drainMs: number;
  readonly log: {
    readonly level: "debug" | "info" | "warning" | "error";
    readonly format: "json" | "pretty";
  };
}

/** One thing wrong with the configuration. Holds no value, since a value may be a secret. */
export interface ConfigFault {
  readonly variable: string;
  readonly message: string;
}

/** Reads the process's environment: the only place that does. */
export function readEnvironment(): Environment {
  return Deno.env.toObject();
}

/**
 * Parses every `AIRLOCK_` variable. Empty values count as unset.
 * @throws {AirlockError} `invalid_input` with every fault in `details.faults` and in the message.
 */
export function loadConfig(environment: Environment): Config {
  const parsed = VARIABLES.safeParse(ownVariables(environment));
  const faults = unknownVariables(environment);
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map((issue) => ({
      variable: String(issue.path[0]),
      message: issue.message,
    })));
    throw faulty(faults);
  }
  const config = arrange(parsed.data);
  faults.push(...providerFaults(parsed.data), ...contradictions(config));
  if (faults.length > 0) throw faulty(faults);
  return config;
}

/** Whether a host name or address can only be reached from this machine. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare.endsWith(".localhost") || bare === "::1" ||
    /^127(?:\.\d{1,3}){3}$/.test(bare);
}

/** Those of the tests are nobody's: what a test starts inherits them. */
function unknownVariables(environment: Environment): ConfigFault[] {
  const known: readonly string[] = VARIABLE_NAMES;
  return Object.keys(environment)
    .filter((name) => /^AIRLOCK_(?!TEST_)/.test(name) && !known.includes(name))
    .map((name) => {
      const near = nearestName(name, known);
      return { variable: name, message: `is not known${near ? `; did you mean ${near}` : ""}` };
    });
}

function faulty(faults: readonly ConfigFault[]): AirlockError {
  const lines = faults.map((fault) => `  ${fault.variable} ${fault.message}`);
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  return new AirlockError("invalid_input", `read configuration: ${count}\n${lines.join("\n")}`, {
    stage: "request",
    suggestion: "Run `airlock config` to see every variable with its default and meaning.",
    details: { faults },
  });
}

function contradictions(config: Config): ConfigFault[] {
  const faults: ConfigFault[] = [];
  const fault = (variable: VariableName, message: string) => faults.push({ variable, message });
  if (!config.loopback && config.apiKey === undefined) {
    fault("AIRLOCK_HOST", "is beyond loopback, which needs AIRLOCK_API_KEY");
  }
  if (config.metering.rateStore === "redis" && config.metering.redisUrl === undefined) {
    fault("AIRLOCK_RATE_STORE", "is redis, which needs AIRLOCK_REDIS_URL");
  }
  const model = config.schemaModel;
  const modelUrl = new URL(model?.url ?? "https://model.example");
  if (model?.key && modelUrl.protocol === "http:" && !isLoopbackHost(modelUrl.hostname)) {
    fault("AIRLOCK_SCHEMA_MODEL_URL", "is http, over which AIRLOCK_SCHEMA_MODEL_KEY is not sent");
  }
  if (config.pool.blankSandboxes > config.pool.maxSandboxes) {
    fault("AIRLOCK_BLANK_SANDBOXES", "is more than AIRLOCK_MAX_SANDBOXES");
  }
  const { defaults, ceilings } = config.limits;
  if (defaults.timeoutMs > ceilings.timeoutMs) {
    fault("AIRLOCK_TIMEOUT_MS", "is more than AIRLOCK_MAX_TIMEOUT_MS");
  }
  if (defaults.memoryBytes > ceilings.memoryBytes) {
    fault("AIRLOCK_MEMORY_MB", "is more than AIRLOCK_MAX_MEMORY_MB");
  }
  if (defaults.outputBytes > ceilings.outputBytes) {
    fault("AIRLOCK_OUTPUT_KB", "is more than AIRLOCK_MAX_OUTPUT_KB");
  }
  if (defaults.logBytes > ceilings.logBytes) {
    fault("AIRLOCK_LOG_KB", "is more than AIRLOCK_MAX_LOG_KB");
  }
  return faults;
}

function arrange(values: z.output<typeof VARIABLES>): Config {
  return {
    host: values.AIRLOCK_HOST,
    port: values.AIRLOCK_PORT,
    loopback: isLoopbackHost(values.AIRLOCK_HOST),
    apiKey: values.AIRLOCK_API_KEY,
    corsOrigins: values.AIRLOCK_CORS_ORIGINS,
    dataDirectory: resolve(values.AIRLOCK_DATA_DIR),
    databaseUrl: values.AIRLOCK_DATABASE_URL,
    publicUrl: values.AIRLOCK_PUBLIC_URL,
    people: peopleConfig(values),
    trustedProxies: values.AIRLOCK_TRUSTED_PROXIES,
    masterKey: values.AIRLOCK_MASTER_KEY,
    masterKeyPrevious: values.AIRLOCK_MASTER_KEY_PREVIOUS,
    npm: {
      registry: values.AIRLOCK_NPM_REGISTRY,
      minAgeMs: values.AIRLOCK_NPM_MIN_AGE_HOURS * 3_600_000,
    },
    esmOrigin: values.AIRLOCK_ESM_ORIGIN,
    defaultSource: values.AIRLOCK_DEFAULT_SOURCE,
    policy: {
      defaultNet: values.AIRLOCK_DEFAULT_NET,
      maxNet: values.AIRLOCK_MAX_NET,
      grantDeclared: values.AIRLOCK_GRANT_DECLARED,
      netAllowPrivate: values.AIRLOCK_NET_ALLOW_PRIVATE,
      allowNetDirect: values.AIRLOCK_ALLOW_NET_DIRECT,
      allowFsTmp: values.AIRLOCK_ALLOW_FS_TMP,
      minIsolation: values.AIRLOCK_MIN_ISOLATION,
    },
    pool: {
      isolationMode: values.AIRLOCK_ISOLATION_MODE,
      maxSandboxes: values.AIRLOCK_MAX_SANDBOXES,
      blankSandboxes: values.AIRLOCK_BLANK_SANDBOXES,
      memoryBytes: values.AIRLOCK_POOL_MEMORY_MB * 1024 ** 2,
      maxUses: values.AIRLOCK_SANDBOX_MAX_USES,
      idleMs: values.AIRLOCK_SANDBOX_IDLE_MS,
      callConcurrency: values.AIRLOCK_CALL_CONCURRENCY,
      queueLimit: values.AIRLOCK_QUEUE_LIMIT,
      queueWaitMs: values.AIRLOCK_QUEUE_WAIT_MS,
    },
    limits: {
      defaults: {
        timeoutMs: values.AIRLOCK_TIMEOUT_MS,
        memoryBytes: values.AIRLOCK_MEMORY_MB * 1024 ** 2,
        outputBytes: values.AIRLOCK_OUTPUT_KB * 1024,
        logBytes: values.AIRLOCK_LOG_KB * 1024,
      },
      ceilings: {
        timeoutMs: values.AIRLOCK_MAX_TIMEOUT_MS,
        memoryBytes: values.AIRLOCK_MAX_MEMORY_MB * 1024 ** 2,
        outputBytes: values.AIRLOCK_MAX_OUTPUT_KB * 1024,
        logBytes: values.AIRLOCK_MAX_LOG_KB * 1024,
      },
    },
    maxBodyBytes: values.AIRLOCK_MAX_BODY_BYTES,
    cacheMaxBytes: values.AIRLOCK_CACHE_MAX_BYTES,
    results: {
      maxBytes: values.AIRLOCK_RESULT_CACHE_MB * 1024 ** 2,
      ttlMs: values.AIRLOCK_RESULT_TTL_MS,
    },
    executor: values.AIRLOCK_EXECUTOR_URL === undefined
      ? undefined
      : { url: values.AIRLOCK_EXECUTOR_URL, token: values.AIRLOCK_EXECUTOR_TOKEN },
    metering: {
      rateStore: values.AIRLOCK_RATE_STORE,
      redisUrl: values.AIRLOCK_REDIS_URL,
      whenStoreIsDown: values.AIRLOCK_RATE_STORE_DOWN,
    },
    mcp: { stdioCommands: values.AIRLOCK_MCP_STDIO_COMMANDS },
    sync: syncConfig(values),
    schemaModel: modelConfig(values),
    drainMs: values.AIRLOCK_DRAIN_MS,
    log: { level: values.AIRLOCK_LOG_LEVEL, format: values.AIRLOCK_LOG_FORMAT },
  };
}
