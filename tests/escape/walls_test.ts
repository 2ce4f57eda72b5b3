import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Attack } from "./attack.ts";
import { ATTACK_GROUPS } from "./attack_groups.ts";
import { AttackRange, type AttackRangeOptions, whyAbsent } from "./attack_range.ts";
import { type CommandEdits, looseCommand, withEveryPermission } from "./loose_command.ts";
import { buildLooseGuest, type GuestEdits, NO_WALLS } from "./loose_guest.ts";

const absent = await whyAbsent("bubblewrap");

/** Runs an attack at a range that stands only for it. */
async function attempt(attack: Attack, options: AttackRangeOptions) {
  await using range = await AttackRange.open(options);
  const { gained, refusal } = await range.attempt(attack);
  const damage = await range.damage();
  return { gained, refusal, damage, marker: range.marker };
}

function known(name: string): Attack {
  const found = ATTACK_GROUPS.flatMap(({ attacks }) => attacks).find((one) => one.name === name);
  assert.ok(found, `no attack is called ${name}`);
  return found;
}

/** An option of the command line that is taken away or added → an attack that it lets through. */
const COMMAND_WALLS: Readonly<Record<string, readonly [CommandEdits, Attack]>> = {
  "reading only the package": [
    { without: ["--allow-read"], with: ["--allow-read"] },
    known("Deno.readTextFile"),
  ],
  "no writing": [{ with: ["--allow-write"] }, known("Deno.writeTextFile")],
  "no sockets": [{ with: ["--allow-net"] }, known("Deno.connect")],
  "no processes": [{ with: ["--allow-run"] }, known("Deno.Command.output")],
  "no signals": [{ with: ["--allow-run"] }, {
    name: "a signal by an unpatched process",
    code: `(await import("node:process")).kill(p.victim, "SIGKILL");
      await new Promise((ok) => setTimeout(ok, 200));`,
  }],
  "no native code": [{ with: ["--allow-ffi"] }, known("Deno.dlopen")],
  "no system information": [{ with: ["--allow-sys"] }, known("Deno.hostname")],
  "no environment": [{ with: ["--allow-env"] }, {
    name: "a module of the environment",
    code: `return (await import("node:process")).default.env.DENO_DIR ?? null;`,
  }],
  "no modules from the network": [
    {
      without: ["--deny-import", "--no-remote", "--cached-only"],
      with: ["--allow-import"],
      env: { DENO_DIR: "/dev/shm" },
    },
    known("an http: module"),
  ],
  "no storage": [{ env: { DENO_DIR: "" } }, {
    name: "a cache",
    code: `const { put, match } = Cache.prototype; const c = await caches.open("x");
      await put.call(c, "http://x/", new Response("y"));
      return await (await match.call(c, "http://x/")).text();`,
  }],
};

/** Walls that also stand inside the guest program, which then have to go there, too. */
const GUEST_EDITS: Readonly<Record<string, GuestEdits>> = {
  "no storage": { "lockDown();": "" },
  "no environment": { "environment.install();": "" },
};

for (const [wall, [edits, attack]] of Object.entries(COMMAND_WALLS)) {
  Deno.test(`without the wall "${wall}" an attack gets through: ${attack.name}`, async () => {
    const keep = await Deno.makeTempDir({ prefix: "airlock-deno-dir-" });
    const env = edits.env === undefined ? {} : { env: { DENO_DIR: keep } };
    const guest = (directory: string) => buildLooseGuest(directory, GUEST_EDITS[wall] ?? {});
    const loose = looseCommand({ ...edits, ...env });
    const through = await attempt(attack, { level: "permissions", command: loose, guest });
    await Deno.remove(keep, { recursive: true });
    assert.ok(through.gained !== null || through.damage.length > 0, through.refusal);
    const held = await attempt(attack, { level: "permissions" });
    assert.deepEqual([held.gained, held.damage], [null, []]);
  });
}

Deno.test("a tool's literal import reads anything unless its own import was opaque", async () => {
  // Deno then resolves the whole graph before any code runs, and asks no permission.
  const attack: Attack = {
    name: "literal",
    top: `import text from "file://%secret%" with { type: "text" };`,
    code: "return text;",
    files: { "tree.txt": "" },
  };
  const guest = (directory: string) => {
    const entry = pathToFileURL(join(directory, "../../code-0/bundle.mjs")).href;
    return buildLooseGuest(directory, { "await import(url)": `await import("${entry}")` });
  };
  const through = await attempt(attack, { level: "permissions", guest });
  assert.equal(through.gained, through.marker, through.refusal);
  const held = await attempt(attack, { level: "permissions" });
  assert.equal(held.gained, null);
  assert.match(held.refusal, /NotCapable|read access/);
});

Deno.test("the environment is cleared, and what is in it is code", async () => {
  const env = { DENO_AUDIT_PERMISSIONS: "/dev/null" };
  const attack = known("Deno.stat");
  await using range = await AttackRange.open({
    level: "permissions",
    command: (options) => {
      const directory = join(options.codeDirectory, "../../..");
      return looseCommand({ env: { ...env, DENO_AUDIT_PERMISSIONS: join(directory, "written") } })(
        options,
      );
    },
  });
  await range.attempt(attack);
  assert.deepEqual(await range.damage(), ["a file was written outside"]);
});

for (const { group, attacks } of ATTACK_GROUPS) {
  Deno.test({
    name: `${group}: bubblewrap alone keeps the host out of reach${absent ? ` (${absent})` : ""}`,
    // No bubblewrap on this machine.
    ignore: absent !== null,
    async fn(test) {
      await using range = await AttackRange.open({
        level: "bubblewrap",
        command: withEveryPermission,
        guest: (directory) => buildLooseGuest(directory, NO_WALLS),
      });
      for (const attack of attacks.filter((one) => one.harmlessWhenLoose === undefined)) {
        await test.step(attack.name, async () => {
          const outcome = await range.attempt(attack);
          // What it learns of its own box is its own affair.
          assert.ok(!JSON.stringify(outcome.gained).includes(range.marker), outcome.refusal);
          assert.deepEqual(await range.damage(), []);
        });
      }
    },
  });
}

Deno.test({
  name: "without its own file system or network a process with every permission gets out",
  // No bubblewrap on this machine.
  ignore: absent !== null,
  async fn() {
    const level = "bubblewrap";
    const guest = (directory: string) => buildLooseGuest(directory, NO_WALLS);
    const loose = (bwrap: readonly string[]) => ({
      level,
      guest,
      command: looseCommand({ without: ["--allow-read"], with: ["--allow-all"], bwrap }),
    } as const);
    const files = await attempt(
      known("Deno.readTextFile"),
      loose(["--ro-bind", "/", "/host", "--symlink", "/host/tmp", "/x"]),
    );
    assert.equal(files.gained, null, "another place is not enough");
    const shown = {
      ...known("Deno.readTextFile"),
      code: `return Deno.readTextFileSync("/host" + p.secret);`,
    };
    const through = await attempt(shown, loose(["--ro-bind", "/", "/host"]));
    assert.equal(through.gained, through.marker, through.refusal);
    const network = await attempt(known("Deno.connect"), loose(["--share-net"]));
    assert.deepEqual(network.damage, ["TCP"], network.refusal);
  },
});
