import type { BridgeConfig, ServerConfig } from "../../bridge/bridge_config.ts";
import { serverConfigSchema } from "../../bridge/bridge_config.ts";
import { BridgeLog } from "../../bridge/bridge_log.ts";
import type { BridgeNow } from "../../bridge/bridge_state.ts";
import { KeptApprovals } from "../../bridge/kept_approvals.ts";
import { runBridge, type RunBridgeOptions } from "../../bridge/run_bridge.ts";
import type { AskApproval } from "../../bridge/tool_approvals.ts";
import { createCollection } from "../../accounts/collections/change_collection.ts";
import { BRIDGE_LIMITS, type BridgeLimits } from "../../gateway/bridge/bridge_limits.ts";
import type { AccessLog } from "../../gateway/access_log.ts";
import type { AnySql, DatabaseKind } from "../../registry/database/database.ts";
import type { Caller, Scope } from "../../spec/account.ts";
import { AccountsWorld } from "./accounts_world.ts";
import { userCaller } from "./callers.ts";
import { processesNaming, type TreeProcess } from "./process_tree.ts";
import { type ClientKind, connectClient, type TestClient } from "./mcp_clients.ts";

/** Everything that somebody does with bridges and collections, without looking after an account. */
const SCOPES: readonly Scope[] = [
  ...["tools:read", "tools:execute", "mcp:execute", "bridge:connect"] as const,
  ...["collections:read", "collections:write"] as const,
];

/** Options of {@linkcode BridgeWorld.open}. */
export interface BridgeWorldOptions {
  readonly kind?: DatabaseKind;
  readonly limits?: Partial<BridgeLimits>;
  readonly access?: AccessLog;
  /** Counts and logs calls. */
  readonly metered?: boolean;
}

/** A bridge that runs in this process: for tests only. Disposing stops it. */
export interface RunningBridge extends AsyncDisposable {
  /** What was shown. */
  readonly lines: string[];
  readonly log: string;
  /** Rejects where it gives up. */
  readonly ended: Promise<void>;
  readonly state: () => BridgeNow | undefined;
}

/** A gateway that listens, with accounts, and bridges that connect to it: for tests only. */
export class BridgeWorld implements AsyncDisposable {
  private constructor(
    readonly world: AccountsWorld,
    readonly server: Deno.HttpServer<Deno.NetAddr>,
    readonly directory: string,
    readonly me: Caller,
    readonly key: string,
  ) {}

  static async open(
    { kind, limits, access, metered }: BridgeWorldOptions = {},
  ): Promise<BridgeWorld> {
    const world = await AccountsWorld.open({
      ...{ kind, metered },
      accounts: { trustsMachine: false },
      gateway: {
        access,
        bridgeLimits: { ...BRIDGE_LIMITS, ...FAST, ...limits },
        // A gateway that others reach: what protects one that is of this machine alone is off.
        settings: { apiKey: "the key of the owner" },
      },
    });
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request, info) => world.gateway.app.fetch(request, { address: info.remoteAddr.hostname }),
    );
    const directory = await Deno.makeTempDir({ prefix: "airlock-bridge-" });
    const me = userCaller({ tenant: "ten_bridge", tier: "ENTERPRISE" });
    await world.database.sql`
      insert into account_setting (id, tenant, tier) values ('ten_bridge', 'ten_bridge', 'ENTERPRISE')
      on conflict do nothing`;
    const { token } = await world.makeKey(me, { scopes: SCOPES });
    return new BridgeWorld(world, server, directory, me, token);
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.addr.port}`;
  }

  /** Starts a bridge with these servers. */
  async start(
    servers: readonly (Partial<ServerConfig> & Pick<ServerConfig, "id" | "command">)[],
    more: Partial<BridgeConfig> & Pick<RunBridgeOptions, "watchCredentials"> & {
      readonly key?: string;
      readonly gateway?: string;
      readonly ask?: AskApproval;
    } = {},
  ): Promise<RunningBridge> {
    const stop = new AbortController();
    const lines: string[] = [];
    const log = `${this.directory}/${crypto.randomUUID()}.log`;
    let state: BridgeNow | undefined;
    const opened = await BridgeLog.open(log);
    const ended = runBridge({
      config: {
        name: more.name ?? "laptop",
        servers: servers.map((server) => serverConfigSchema.parse(server)),
      },
      credentials: { gateway: more.gateway ?? this.url, apiKey: more.key ?? this.key },
      version: "1.2.3",
      environment: { ...Deno.env.toObject(), A_SECRET_OF_MINE: "hidden" },
      log: opened,
      onLine: (line) => lines.push(line),
      onState: (now) => state = now,
      kept: await KeptApprovals.open(`${log}.approved`),
      ask: more.ask,
      verbose: true,
      watchCredentials: more.watchCredentials,
      signal: stop.signal,
    });
    // Whoever wants to know waits for it.
    ended.catch(() => {});
    return {
      ...{ lines, log, ended, state: () => state },
      async [Symbol.asyncDispose]() {
        stop.abort();
        await ended.catch(() => {
          // It gave up before, which its own test looks at.
        });
        opened[Symbol.dispose]();
      },
    };
  }

  /** Asks the gateway with the key of the machine's owner. */
  ask: AccountsWorld["ask"] = (path, asked) => this.world.ask(path, { key: this.key, ...asked });

  /** Waits until a bridge has so many tools that can be called. @returns Their ids by name. */
  async tools(count: number, { name = "laptop" } = {}): Promise<Map<string, string>> {
    return await eventually(async () => {
      const response = await this.ask("/api/user/bridge");
      const { items = [] } = await response.json();
      const tools: Listed[] = items.find((one: { name: string }) => one.name === name)?.tools ?? [];
      const available = tools.filter((tool) => tool.available);
      if (available.length < count) return undefined;
      return new Map(available.map((tool) => [`${tool.serverId} ${tool.name}`, tool.id]));
    });
  }

  /** A collection with these tools. @returns Its id. */
  async collect(
    toolIds: Iterable<string>,
    { isPublic = false } = {},
  ): Promise<string> {
    const actor = { caller: this.me, requestId: null };
    const visibility = isPublic ? "public" : "private";
    const { id } = await this.world.database.sql.begin((tx: AnySql) =>
      createCollection(tx, actor, { name: `c ${crypto.randomUUID()}`, visibility })
    );
    for (const toolId of toolIds) {
      const added = await this.ask(`/api/collections/${id}/bridge-tools`, { body: { toolId } });
      if (added.status !== 200) throw new Error(await added.text());
    }
    return id;
  }

  /** An MCP client at the endpoint of a collection. */
  connect(
    collection: string,
    { key = this.key, kind = "2026" as ClientKind } = {},
  ): Promise<TestClient> {
    return connectClient(kind, { url: `${this.url}/mcp/${this.me.tenant}/${collection}`, key });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world.gateway.gate.close(0);
    await this.server.shutdown();
    await this.world[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}

interface Listed {
  readonly id: string;
  readonly serverId: string;
  readonly name: string;
  readonly available: boolean;
}

/** Nothing in a test should wait as long as people do. */
const FAST: Partial<BridgeLimits> = { heartbeatMs: 1_000, resumeMs: 3_000, registerMs: 2_000 };

/** The server of tests, with the given id. Its processes are told apart from those of other tests. */
export function testServer(
  id = "test",
): Pick<ServerConfig, "id" | "args"> & { readonly command: string } {
  const program = new URL("./bridge_server.ts", import.meta.url).pathname;
  const marker = `--of-test=${crypto.randomUUID()}`;
  return { id, command: Deno.execPath(), args: ["run", "-A", "--quiet", program, marker] };
}

/** What runs of a {@linkcode testServer}. */
export function processesOf({ args }: Pick<ServerConfig, "args">): TreeProcess[] {
  return processesNaming(args.at(-1) ?? "");
}

/** Asks until there is an answer. */
export async function eventually<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  deadlineMs = 30_000,
): Promise<T> {
  const endMs = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > endMs) throw new Error("it has not come about");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
