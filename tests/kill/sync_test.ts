import assert from "node:assert/strict";
import { join } from "node:path";
import { openDatabase } from "../../registry/database/open_database.ts";
import { FakeSyncRegistry } from "../support/fake_sync_registry.ts";
import { createServerDatabase, TEST_DATABASE_KINDS } from "../support/test_database.ts";
import { eventually } from "../support/kill_world.ts";
import { ServedGateway } from "../support/served_gateway.ts";

const PACKAGES = 10_000;
const KIB = 1024;
const MIB = 1024 * KIB;

/** Growth allowed over most of the way; all the packuments together are several times that. */
const MAX_GROWTH_BYTES = 64 * MIB;

/** `airlock sync …` in a process of its own. */
function spawnSync(args: readonly string[], env: Readonly<Record<string, string>>) {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "-A", "main.ts", "sync", ...args],
    cwd: new URL("../..", import.meta.url),
    env: { AIRLOCK_LOG_LEVEL: "error", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Memory of a process that is in RAM now; `undefined` where it has ended. */
function residentBytes(pid: number): number | undefined {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * KIB || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

Deno.test("10,000 packages are followed in bounded memory, through kills, none lost and none twice", async () => {
  await using stack = new AsyncDisposableStack();
  const registry = stack.use(FakeSyncRegistry.start());
  const directory = await Deno.makeTempDir({ prefix: "airlock-sync-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  // A server where there is one: two processes then share it. Else each has the directory in turn.
  const url = TEST_DATABASE_KINDS.includes("postgres")
    ? stack.use(await createServerDatabase()).url
    : undefined;
  registry.readme = "words that a real packument is full of ".repeat(250);
  for (let at = 0; at < PACKAGES; at++) {
    registry.publish(`pkg-${at}`, { tools: [`tool${at}`] });
  }
  const env = {
    AIRLOCK_DATA_DIR: directory,
    AIRLOCK_NPM_REGISTRY: registry.url,
    AIRLOCK_NPM_CHANGES_URL: `${registry.url}_changes`,
    AIRLOCK_NPM_CHANGES_SINCE: "0",
    ...(url !== undefined && { AIRLOCK_DATABASE_URL: url }),
  };
  const read = () => registry.asked(/^\/pkg-\d+$/);

  const kills = [0.15, 0.4];
  for (const share of kills) {
    const child = spawnSync(["changes"], env);
    const isThere = await eventually(() => read() >= PACKAGES * share, 120_000);
    child.kill("SIGKILL");
    await child.output();
    assert.ok(isThere, "the run is under way");
  }

  const child = spawnSync(["changes", "--json"], env);
  const samples: { read: number; bytes: number }[] = [];
  const sampler = setInterval(() => {
    const bytes = residentBytes(child.pid);
    if (bytes !== undefined) samples.push({ read: read(), bytes });
  }, 50);
  const { code, stdout, stderr } = await child.output();
  clearInterval(sampler);
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const last = JSON.parse(new TextDecoder().decode(stdout));
  assert.equal(last.failed, 0);

  // Each was read once, but for those that were read and not yet stored when the process died.
  const packumentBytes = PACKAGES * registry.readme.length;
  assert.ok(read() <= PACKAGES + kills.length * 50, `${read()} packuments`);
  await using database = await openDatabase({ url, directory: join(directory, "database") });
  const [found] = await database.sql`
    select (select count(*)::int from package) as packages,
      (select count(*)::int from package_version) as versions,
      (select count(*)::int from tools) as tools,
      (select count(distinct name)::int from tools) as names,
      (select sum(recorded)::int from sync_log) as recorded,
      (select sum(seen)::int from sync_log) as seen,
      (select count(*)::int from sync_log where error = 'the process ended') as killed`;
  assert.deepEqual({ ...found }, {
    ...{ packages: PACKAGES, versions: PACKAGES, tools: PACKAGES, names: PACKAGES },
    ...{ recorded: PACKAGES, seen: PACKAGES, killed: kills.length },
  });

  const early = samples.filter((sample) => sample.read < PACKAGES * 0.6).map(({ bytes }) => bytes);
  const late = samples.filter((sample) => sample.read >= PACKAGES * 0.6).map(({ bytes }) => bytes);
  const growthBytes = Math.max(...late) - Math.max(...early);
  assert.ok(early.length > 3 && late.length > 3, "memory was looked at");
  assert.ok(packumentBytes > 90 * MIB && growthBytes < MAX_GROWTH_BYTES, `${growthBytes} bytes`);
});

Deno.test("SIGTERM ends a run of the schedule where it is, and the next start goes on there", async () => {
  await using stack = new AsyncDisposableStack();
  const registry = stack.use(FakeSyncRegistry.start());
  const dataDirectory = await Deno.makeTempDir({ prefix: "airlock-sync-" });
  stack.defer(() => Deno.remove(dataDirectory, { recursive: true }));
  const count = 400;
  for (let at = 0; at < count; at++) registry.publish(`pkg-${at}`);
  const env = {
    AIRLOCK_NPM_REGISTRY: registry.url,
    AIRLOCK_NPM_CHANGES_URL: `${registry.url}_changes`,
    AIRLOCK_NPM_CHANGES_SINCE: "0",
    AIRLOCK_SYNC: "true",
    AIRLOCK_SYNC_CHANGES_MS: "500",
    AIRLOCK_SYNC_KEYWORD_MS: "0",
    AIRLOCK_SYNC_METRICS_MS: "0",
  };
  registry.intercept = () =>
    new Promise((resolve) => setTimeout(resolve, 10)).then(() => undefined);
  const read = () => registry.asked(/^\/pkg-\d+$/);
  const serve = () => ServedGateway.start({ dataDirectory, env });
  const look = async () => {
    await using database = await openDatabase({
      url: undefined,
      directory: join(dataDirectory, "database"),
    });
    const [found] = await database.sql<{ packages: number; recorded: number; errors: string[] }[]>`
      select (select count(*)::int from package) as packages, sum(recorded)::int as recorded,
        array_agg(distinct error) filter (where error is not null) as errors
      from sync_log where job = 'changes'`;
    return found!;
  };
  {
    await using gateway = await serve();
    assert.ok(await eventually(() => read() > 120, 60_000));
    gateway.kill("SIGTERM");
    const { code } = await gateway.status;
    assert.equal(code, 0, gateway.log);
  }
  const stopped = await look();
  assert.ok(stopped.packages >= 100 && stopped.packages < count, `${stopped.packages} packages`);
  assert.deepEqual([stopped.recorded, stopped.errors], [stopped.packages, ["stopped"]]);
  registry.intercept = () => undefined;
  {
    await using gateway = await serve();
    const isDone = () => read() >= count;
    assert.ok(await eventually(isDone, 60_000));
    // What was read last is yet to be stored.
    const status = async () => (await (await fetch(`${gateway.url}/api/sync`)).json()).jobs[0].last;
    assert.ok(await eventually(async () => (await status()).endedAt !== null, 60_000));
    gateway.kill("SIGTERM");
    await gateway.status;
  }
  const done = await look();
  assert.deepEqual([done.packages, done.recorded], [count, count]);
});
