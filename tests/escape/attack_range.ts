import { dirname, join } from "node:path";
import { DenoRuntime, type DenoRuntimeOptions } from "../../sandboxes/deno/deno_runtime.ts";
import { buildGuestPrograms } from "../../sandboxes/deno/deno_programs.ts";
import { type IsolationReport, probeIsolation } from "../../sandboxes/process/isolation.ts";
import type { EgressRequest } from "../../spec/egress.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonValue } from "../../spec/json.ts";
import { DEFAULT_LIMITS } from "../../spec/limits.ts";
import { NO_PERMISSIONS, type Permissions } from "../../spec/permissions.ts";
import type { IsolationLevel, Sandbox } from "../../spec/sandbox.ts";
import type { Attack, Bait } from "./attack.ts";
import { layBait } from "./lay_bait.ts";
import { startTargets, type Targets } from "./targets.ts";

/** How a range is built; what is not given is as in production. */
export interface AttackRangeOptions {
  readonly level: IsolationLevel;
  readonly command?: DenoRuntimeOptions["command"];
  /** Replaces the guest program: gets a directory, gives the program's path. */
  readonly guest?: (directory: string) => Promise<string>;
  readonly permissions?: Partial<Permissions>;
}

/** What an attack got. */
export interface AttackOutcome {
  /** `null` where it gained nothing. */
  readonly gained: JsonValue;
  /** Why it gained nothing, as it was told. */
  readonly refusal: string;
}

interface RangeParts {
  readonly directory: string;
  readonly bait: Bait;
  readonly marker: string;
  readonly targets: Targets;
  readonly runtime: DenoRuntime;
  /** What disposing ends and removes. */
  readonly owned: AsyncDisposable;
}

const ENTRY = "bundle.mjs";
const TIMEOUT_MS = 60_000;

/** A place to run attacks on real sandboxes: bait on disk, targets on loopback, all of it counted. */
export class AttackRange implements AsyncDisposable {
  /** Requests that reached the gateway's end of egress. */
  readonly requests: EgressRequest[] = [];
  #serial = 0;

  readonly bait: Bait;
  readonly marker: string;
  readonly runtime: DenoRuntime;
  readonly #parts: RangeParts;
  readonly #options: AttackRangeOptions;

  private constructor(parts: RangeParts, options: AttackRangeOptions) {
    this.bait = parts.bait;
    this.marker = parts.marker;
    this.runtime = parts.runtime;
    this.#parts = parts;
    this.#options = options;
  }

  static async open(options: AttackRangeOptions): Promise<AttackRange> {
    await using stack = new AsyncDisposableStack();
    const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "airlock-range-" }));
    stack.defer(() => Deno.remove(directory, { recursive: true }));
    const marker = `marker-${crypto.randomUUID()}`;
    const runDirectory = join(directory, "run");
    await Deno.mkdir(runDirectory);
    const isolation = await isolationAt(options.level);
    const guestDirectory = join(runDirectory, "guest");
    const guestFile = options.guest === undefined
      ? (await buildGuestPrograms(guestDirectory)).guestFile
      : await options.guest(guestDirectory);
    const runtime = new DenoRuntime({
      denoPath: Deno.execPath(),
      isolation,
      guestFile,
      runDirectory,
      command: options.command,
    });
    const targets = stack.use(await startTargets(join(directory, "socket")));
    const bait = await layBait(directory, { marker, targets });
    const owned = stack.move();
    return new AttackRange({ directory, bait, marker, targets, runtime, owned }, options);
  }

  /** Runs one attack in a sandbox of its own. */
  async attempt(attack: Attack): Promise<AttackOutcome> {
    try {
      await using sandbox = await this.load(attack);
      const gained = await this.invoke(sandbox);
      return { gained, refusal: gained === null ? "gained nothing" : "" };
    } catch (error) {
      // Only an attack that took place says something.
      if (!(error instanceof AirlockError) || isNoAttempt(error)) throw error;
      return { gained: null, refusal: `${error.details.name ?? error.code}: ${error.message}` };
    }
  }

  /** A sandbox with an attack loaded and not yet begun. */
  async load(attack: Attack): Promise<Sandbox> {
    const codeDirectory = await this.place(attack);
    const isTree = attack.files !== undefined || attack.links !== undefined;
    const sandbox = await this.runtime.create({
      permissions: { ...NO_PERMISSIONS, ...this.#options.permissions },
      limits: DEFAULT_LIMITS,
      tree: isTree ? codeDirectory : undefined,
    });
    try {
      const env = attack.env ?? {};
      const unit = { codeDirectory, entry: ENTRY, env, overlapping: false };
      await sandbox.load({ ...unit, timeoutMs: TIMEOUT_MS });
      return sandbox;
    } catch (error) {
      await sandbox[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Begins the attack that was loaded. */
  async invoke(sandbox: Sandbox): Promise<JsonValue> {
    const { output } = await sandbox.invoke({
      callId: crypto.randomUUID(),
      toolName: "attack",
      params: { ...this.bait },
      limits: { ...DEFAULT_LIMITS, timeoutMs: TIMEOUT_MS },
      signal: new AbortController().signal,
    }, {
      egress: {
        request: (request) => {
          this.requests.push(request);
          return Promise.reject(new AirlockError("permission_denied", "request: not granted"));
        },
      },
      onLog() {},
      onChunk() {},
    });
    return output;
  }

  /** Traces that attacks left outside: each one means that a wall has a hole. */
  async damage(): Promise<string[]> {
    const found = [...this.#parts.targets.hits];
    if (await exists(this.bait.target)) found.push("a file was written outside");
    if (await Deno.readTextFile(this.bait.secret) !== this.marker) found.push("bait was changed");
    if (!this.#parts.targets.victimLives()) found.push("another process was ended");
    return found;
  }

  /** Undoes what successful attacks did. */
  async repair(): Promise<void> {
    this.#parts.targets.hits.length = 0;
    // Most attacks leave nothing there.
    await Deno.remove(this.bait.target, { recursive: true }).catch(() => {});
    await Deno.writeTextFile(this.bait.secret, this.marker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.owned[Symbol.asyncDispose]();
  }

  /** Writes an attack where a sandbox can load it from. */
  async place(attack: Attack): Promise<string> {
    const codeDirectory = join(this.#parts.directory, `code-${this.#serial++}`);
    const source = `${attack.top ?? ""}\nexport async function attack(p) {\n${attack.code}\n}\n`;
    const filled = Object.entries({ ...attack.files, [ENTRY]: source });
    for (const [path, text] of filled) {
      await Deno.mkdir(join(codeDirectory, dirname(path)), { recursive: true });
      await Deno.writeTextFile(join(codeDirectory, path), fillIn(text, this.bait));
    }
    for (const [path, target] of Object.entries(attack.links ?? {})) {
      await Deno.symlink(fillIn(target, this.bait), join(codeDirectory, path));
    }
    return codeDirectory;
  }
}

function isNoAttempt(error: AirlockError): boolean {
  return error.stage === "acquire" || error.code === "deadline_exceeded" ||
    error.code === "tool_not_found";
}

/** Static imports cannot take a parameter, so `%name%` stands for a member of the bait. */
function fillIn(text: string, bait: Bait): string {
  return text.replace(/%(\w+)%/g, (whole, name: string) => {
    const entry = Object.entries(bait).find(([key]) => key === name);
    return entry === undefined ? whole : String(entry[1]);
  });
}

async function isolationAt(level: IsolationLevel): Promise<IsolationReport> {
  const searchPath = (Deno.env.get("PATH") ?? "").split(":");
  return await probeIsolation({ denoPath: Deno.execPath(), searchPath, atMost: level });
}

/** Why `level` cannot be tested on this machine; `null` where it can. */
export async function whyAbsent(level: IsolationLevel): Promise<string | null> {
  const report = await isolationAt(level);
  if (report.level === level) return null;
  const failed = report.findings.filter(({ ok }) => !ok);
  return failed.map(({ tool, state }) => `${tool}: ${state}`).join("; ");
}

async function exists(path: string): Promise<boolean> {
  // That it cannot be found is the good answer.
  return await Deno.lstat(path).then(() => true, () => false);
}
