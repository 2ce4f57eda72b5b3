import assert from "node:assert/strict";
import { DEFAULT_LIMITS } from "../../spec/limits.ts";
import { NO_PERMISSIONS, type Permissions } from "../../spec/permissions.ts";
import type { IsolationTools } from "./isolation.ts";
import { type CodeCacheUse, spawnCommand, TMP_BYTES } from "./spawn_command.ts";

const BARE: IsolationTools = { bwrap: null, prlimit: null, setpriv: null, libraries: [] };
const FULL: IsolationTools = {
  bwrap: "/bin/bwrap",
  prlimit: "/bin/prlimit",
  setpriv: "/bin/setpriv",
  libraries: ["/lib/libc.so.6"],
};

function commandOf(
  tools: IsolationTools,
  change: {
    permissions?: Partial<Permissions>;
    tree?: string;
    codeCache?: CodeCacheUse;
  } = {},
) {
  return spawnCommand({
    tools,
    denoPath: "/bin/deno",
    guestFile: "/run/guest/guest.js",
    codeDirectory: "/run/1/code",
    tmpDirectory: "/run/1/tmp",
    codeCache: change.codeCache,
    need: {
      permissions: { ...NO_PERMISSIONS, ...change.permissions },
      limits: { ...DEFAULT_LIMITS, memoryBytes: 64 * 2 ** 20 },
      tree: change.tree,
    },
  });
}

Deno.test("spawnCommand() locks Deno down where nothing else can", () => {
  const { program, args, guestCodeDirectory } = commandOf(BARE);
  assert.equal(program, "/bin/deno");
  assert.equal(args[0], "run");
  for (
    const flag of ["--no-prompt", "--no-config", "--no-lock", "--no-npm", "--no-remote"].concat(
      ["--cached-only", "--deny-import", "--no-code-cache", "--allow-read=/run/1/code"],
    )
  ) assert.ok(args.includes(flag), flag);
  assert.equal(args.at(-1), "/run/guest/guest.js");
  assert.equal(guestCodeDirectory, "/run/1/code");
});

Deno.test("spawnCommand() grants reading the code, and nothing that was not asked for", () => {
  for (const tools of [BARE, FULL]) {
    const { args } = commandOf(tools);
    assert.deepEqual(args.filter((arg) => arg.startsWith("--allow-")).length, 1);
    assert.equal(args.some((arg) => /^(-A|--allow-all|--unstable)/.test(arg)), false);
    const heap = args.filter((arg) => arg.startsWith("--v8-flags="));
    assert.equal(heap.length, 1);
    assert.match(heap[0]!, /--max-old-space-size=64(,|$)/);
  }
});

Deno.test("spawnCommand() carries nothing of the gateway's environment, and no secret", () => {
  for (const tools of [BARE, FULL]) {
    const { args, env } = commandOf(tools);
    assert.deepEqual(Object.keys(env).sort(), [
      "DENO_DIR",
      "DENO_NO_UPDATE_CHECK",
      "HOME",
      "LANG",
      "NO_COLOR",
      "TMPDIR",
      "TZ",
    ]);
    const own = Object.entries(Deno.env.toObject())
      .filter(([, value]) => value.length > 8 && !value.startsWith("/"));
    const told = JSON.stringify([args, Object.values(env)]);
    for (const [name, value] of own) assert.equal(told.includes(value), false, name);
    assert.match(env.DENO_DIR!, /^\/dev\/null\//);
  }
});

Deno.test("spawnCommand() puts every wall around Deno that there is", () => {
  const { program, args, env, guestCodeDirectory, paths } = commandOf(FULL);
  const line = [program, ...args];
  const order = ["/bin/setpriv", "/bin/prlimit", "/bin/bwrap", "/airlock/deno"];
  const places = order.map((part) => line.lastIndexOf(part));
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
  assert.deepEqual(line.slice(0, 3), ["/bin/setpriv", "--pdeathsig", "KILL"]);
  for (const flag of ["--unshare-all", "--die-with-parent", "--new-session"]) {
    assert.ok(line.includes(flag), flag);
  }
  assert.equal(line.includes("--share-net"), false);
  assert.ok(line.join(" ").includes("--cap-drop ALL"));
  assert.ok(line.includes(`--data=${(560 + 64) * 2 ** 20}`));
  assert.ok(line.includes("--core=0") && line.includes(`--fsize=${4 * TMP_BYTES}`));
  assert.deepEqual(binds(line), [
    ["/lib/libc.so.6", "/lib/libc.so.6"],
    ["/bin/deno", "/airlock/deno"],
    ["/run/guest", "/airlock/guest"],
    ["/run/1/code", "/tool"],
  ]);
  assert.equal(line.some((arg) => /^--(bind|dev-bind|overlay)/.test(arg)), false);
  assert.ok(line.includes("--allow-read=/tool"));
  assert.deepEqual([guestCodeDirectory, env.TMPDIR, line.at(-1)], [
    "/tool",
    "/tmp",
    "/airlock/guest/guest.js",
  ]);
  assert.deepEqual(paths, []);
});

Deno.test("spawnCommand() shows compiled code read-only, and only where it can be held so", () => {
  const codeCache = { directory: "/run/cache", to: "read" } as const;
  const { args, env } = commandOf(FULL, { codeCache });
  assert.deepEqual(binds(args).filter(([from]) => from === "/run/cache"), [
    ["/run/cache", "/airlock/cache"],
  ]);
  assert.equal(args.some((arg) => /^--(bind|dev-bind|overlay)/.test(arg)), false);
  assert.equal(env.DENO_DIR, "/airlock/cache");
  assert.equal(args.includes("--no-code-cache"), false);
  const bare = commandOf(BARE, { codeCache });
  assert.deepEqual(bare, commandOf(BARE));
});

Deno.test("spawnCommand() lets a process write compiled code only to fill the cache", () => {
  const { args } = commandOf(FULL, { codeCache: { directory: "/run/cache", to: "fill" } });
  const at = args.indexOf("--bind");
  assert.deepEqual(args.slice(at, at + 3), ["--bind", "/run/cache", "/airlock/cache"]);
  assert.equal(args.lastIndexOf("--bind"), at);
});

Deno.test("spawnCommand() grants files only in the private directory", () => {
  const bare = commandOf(BARE, { permissions: { fs: "tmp" } }).args;
  assert.ok(bare.includes("--allow-read=/run/1/code,/run/1/tmp"));
  assert.ok(bare.includes("--allow-write=/run/1/tmp"));
  const boxed = commandOf(FULL, { permissions: { fs: "tmp" } });
  const full = boxed.args;
  assert.ok(full.includes("--allow-write=/tmp"));
  assert.equal(boxed.countedDirectory, "/tmp");
  assert.equal(full.includes("/run/1/tmp"), false);
});

Deno.test("spawnCommand() opens sockets only to what was named, never to private addresses", () => {
  const { args } = commandOf(FULL, {
    permissions: { netDirect: ["db.example.com:5432", "10.1.1.1:80"] },
  });
  assert.ok(args.includes("--share-net"));
  assert.ok(args.includes("--allow-net=db.example.com:5432,10.1.1.1:80"));
  const denied = args.find((arg) => arg.startsWith("--deny-net="))!;
  assert.ok(denied.includes("169.254.0.0/16") && denied.includes("127.0.0.0/8"));
  assert.equal(denied.includes("10.0.0.0/8"), false);
  // What egress may reach is no business of the process.
  const brokered = commandOf(FULL, { permissions: { net: "public" } }).args;
  assert.equal(brokered.some((arg) => arg.includes("-net")), brokered.includes("--share-net"));
  assert.equal(brokered.includes("--share-net"), false);
});

function binds(line: readonly string[]): string[][] {
  return line.flatMap((arg, at) => arg === "--ro-bind" ? [[line[at + 1]!, line[at + 2]!]] : []);
}
