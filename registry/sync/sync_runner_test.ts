import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { createRunLocks } from "./run_lock.ts";
import type { RunJob } from "./sync_job.ts";
import { SyncRunner } from "./sync_runner.ts";
import { SyncSchedule } from "./sync_schedule.ts";
import { readSyncStatus } from "./sync_status.ts";

/** Lets everybody in. */
const NO_LOCK = {
  lost: new AbortController().signal,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

const ONE = { seen: 1, recorded: 1, failed: 0 };

testDatabase("SyncRunner lets one of two nodes run a job", async (database) => {
  const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
  let runs = 0;
  const job: RunJob = async (run) => {
    runs++;
    await hold;
    await run.commit({ at: runs }, () => Promise.resolve(ONE));
  };
  const first = createRunLocks(database);
  // Nodes on PGlite are one process; on a server each has its own.
  const second = database.kind === "pglite" ? first : createRunLocks(database);
  const shared = { database, jobs: { changes: job, keyword: job }, onFailure: () => {} };
  await using one = new SyncRunner({ ...shared, locks: first });
  await using other = new SyncRunner({ ...shared, locks: second });
  const started = await Promise.allSettled([one.start("changes"), other.start("changes")]);
  const running = started.filter((result) => result.status === "fulfilled");
  assert.equal(running.length, 1);
  await failsWith(other.start("changes"), { code: "conflict" });
  // Another job is another lock.
  const keyword = await other.start("keyword");
  letGo();
  await Promise.all([running[0]!.value.done, keyword.done]);
  assert.equal(runs, 2);
  await (await other.start("changes")).done;
  assert.equal(runs, 3);
});

testDatabase(
  "SyncRunner without its lock runs a job twice, and only the last one stores",
  async (database) => {
    const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
    const job: RunJob = async (run) => {
      await hold;
      await run.commit(null, () => Promise.resolve(ONE));
    };
    const open = { take: () => Promise.resolve(NO_LOCK) };
    const shared = { database, locks: open, jobs: { changes: job }, onFailure: () => {} };
    await using one = new SyncRunner(shared);
    await using other = new SyncRunner(shared);
    const first = await one.start("changes");
    const refused = failsWith(first.done, { code: "conflict" });
    const second = await other.start("changes");
    letGo();
    await refused;
    assert.deepEqual(await second.done, ONE);
  },
);

testDatabase("SyncRunner keeps what was committed, and where", async (database, t) => {
  const locks = createRunLocks(database);
  const seen: unknown[] = [];
  const failures: unknown[] = [];
  let work: RunJob = () => Promise.resolve();
  const jobs = { changes: (run: Parameters<RunJob>[0]) => work(run) };
  const options = { database, locks, jobs, onFailure: (error: unknown) => failures.push(error) };
  await using runner = new SyncRunner(options);
  const last = async () => (await readSyncStatus(database.sql)).jobs[0]!.last;

  await t.step(
    "a run that fails keeps its commits, and says why without a driver's words",
    async () => {
      work = async (run) => {
        await run.commit({ at: 1 }, () => Promise.resolve(ONE));
        await run.commit({ at: 2 }, async (tx) => {
          await tx`insert into watched_package (name) values ('lost')`;
          throw new Error("connection to postgres://user:secret@host failed");
        });
      };
      await assert.rejects((await runner.start("changes")).done);
      assert.equal(failures.length, 1);
      const line = await last();
      assert.deepEqual([line?.seen, line?.recorded, line?.error], [1, 1, "it failed, see the log"]);
      assert.equal((await database.sql`select from watched_package`).length, 0);
    },
  );

  await t.step("the next one goes on there", async () => {
    work = (run) => Promise.resolve(void seen.push(run.position));
    await (await runner.start("changes")).done;
    assert.deepEqual(seen, [{ at: 1 }]);
    assert.equal((await last())?.error, null);
  });

  await t.step("whoever was taken over stores nothing more", async () => {
    work = async (run) => {
      await database.sql`update sync_checkpoint set run_id = 'run_of_another'`;
      await run.commit({ at: 9 }, () => Promise.resolve(ONE));
    };
    await failsWith((await runner.start("changes")).done, { code: "conflict" });
    work = (run) => Promise.resolve(void seen.push(run.position));
    await (await runner.start("changes")).done;
    assert.deepEqual(seen.at(-1), { at: 1 });
  });

  await t.step("runs that come too early are put off, longer where they fail", async () => {
    await failsWith(runner.start("changes", { intervalMs: 60_000 }), { code: "rate_limited" });
    await database.sql`
      update sync_checkpoint set failures = 3, started_at = now() - interval '5 minutes'`;
    await failsWith(runner.start("changes", { intervalMs: 60_000 }), { code: "rate_limited" });
    await database.sql`update sync_checkpoint set failures = 2`;
    await (await runner.start("changes", { intervalMs: 60_000 })).done;
  });

  await t.step("a line that never came to its end is ended by the next", async () => {
    await database.sql`insert into sync_log (id, job) values ('run_dead', 'changes')`;
    await (await runner.start("changes")).done;
    const [dead] = await database.sql`select error, ended_at from sync_log where id = 'run_dead'`;
    assert.equal(dead?.error, "the process ended");
  });

  await t.step("a job that it does not have", async () => {
    await failsWith(runner.start("metrics"), { code: "not_found" });
  });

  await t.step("disposing ends a run at its next checkpoint", async () => {
    const stopping = new SyncRunner(options);
    let commits = 0;
    work = async (run) => {
      for (;; commits++) await run.commit({ at: commits }, () => Promise.resolve(ONE));
    };
    const { done } = await stopping.start("changes");
    const ended = failsWith(done, { code: "shutting_down" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await stopping[Symbol.asyncDispose]();
    await ended;
    const line = await last();
    assert.deepEqual([line?.error, line?.seen], ["stopped", commits]);
    assert.equal((await readSyncStatus(database.sql)).jobs[0]?.failures, 0);
    await assert.rejects(stopping.start("changes"), { code: "shutting_down" });
  });
});

testDatabase("SyncSchedule starts jobs again and again, and stops", async (database) => {
  let runs = 0;
  const jobs = {
    changes: () => Promise.resolve(void runs++),
    keyword: () => Promise.reject(new Error("must not run")),
  };
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => failures.push(error);
  const locks = createRunLocks(database);
  await using runner = new SyncRunner({ database, locks, jobs, onFailure });
  const schedule = new SyncSchedule({
    ...{ runner, onFailure },
    intervalsMs: { changes: 20, keyword: 0 },
  });
  const end = performance.now() + 20_000;
  while (runs < 3 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await schedule[Symbol.asyncDispose]();
  assert.ok(runs >= 3);
  const stoppedAt = runs;
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(runs, stoppedAt);
  assert.deepEqual(failures, []);
});
