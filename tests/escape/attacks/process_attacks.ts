import type { Attack } from "../attack.ts";

const CP = `const cp = process.getBuiltinModule("node:child_process");`;
const settled = (call: string) =>
  `return await new Promise((ok, no) => { const c = ${call};
    c?.on?.("error", no); c?.on?.("exit", () => ok("ran")); });`;

/** New processes and threads, native code, and signals to others. */
export const PROCESS_ATTACKS: readonly Attack[] = [
  {
    name: "Deno.Command.output",
    code:
      "return new TextDecoder().decode((await new Deno.Command('/usr/bin/id').output()).stdout);",
  },
  {
    name: "Deno.Command.outputSync",
    code: "return new Deno.Command('/usr/bin/id').outputSync().code + 1;",
  },
  {
    name: "Deno.Command.spawn",
    code:
      "const c = new Deno.Command('/usr/bin/id', { stdout: 'null' }).spawn(); await c.status; return c.pid;",
  },
  {
    name: "Deno.Command of Deno itself",
    code:
      "return (await new Deno.Command(Deno.execPath(), { args: ['--version'] }).output()).code + 1;",
  },
  {
    name: "Deno.Command with LD_PRELOAD",
    code:
      "return (await new Deno.Command('/usr/bin/id', { env: { LD_PRELOAD: p.secret } }).output()).code + 1;",
  },
  {
    name: "child_process.exec",
    code:
      `${CP} return await new Promise((ok, no) => cp.exec("/usr/bin/id", (e, out) => e ? no(e) : ok(out)));`,
  },
  {
    name: "child_process.execFile",
    code:
      `${CP} return await new Promise((ok, no) => cp.execFile("/usr/bin/id", (e, out) => e ? no(e) : ok(out)));`,
  },
  { name: "child_process.execSync", code: `${CP} return cp.execSync("/usr/bin/id").toString();` },
  {
    name: "child_process.execFileSync",
    code: `${CP} return cp.execFileSync("/usr/bin/id").toString();`,
  },
  {
    name: "child_process.spawnSync",
    code:
      `${CP} const r = cp.spawnSync("/usr/bin/id"); if (r.error) throw r.error; return r.stdout.toString();`,
  },
  { name: "child_process.spawn", code: `${CP} ${settled(`cp.spawn("/usr/bin/id")`)}` },
  {
    name: "child_process.spawn in a shell",
    code: `${CP} ${settled(`cp.spawn("/usr/bin/id; /usr/bin/id", { shell: true })`)}`,
  },
  { name: "child_process.fork", code: `${CP} ${settled(`cp.fork(p.module)`)}` },
  {
    name: "cluster.fork",
    code: `const cluster = process.getBuiltinModule("node:cluster"); ${settled("cluster.fork()")}`,
    harmlessWhenLoose: "Deno has it in name only",
  },
  {
    name: "process.execve",
    code: `process.execve("/usr/bin/id", ["id"], {});`,
    harmlessWhenLoose: "a process that replaced itself answers no more",
  },
  {
    name: "a web worker",
    code: `const w = new Worker("data:text/javascript,postMessage('ran')", { type: "module" });
      return await new Promise((ok, no) => { w.onmessage = (e) => ok(e.data); w.onerror = (e) => no(new Error(e.message)); });`,
  },
  {
    name: "a web worker with permissions",
    code:
      `const w = new Worker("data:text/javascript,postMessage('ran')", { type: "module", deno: { permissions: "inherit" } });
      return await new Promise((ok, no) => { w.onmessage = (e) => ok(e.data); w.onerror = (e) => no(new Error(e.message)); });`,
    harmlessWhenLoose: "its permissions are unstable",
  },
  {
    name: "a worker thread",
    code: `const { Worker } = process.getBuiltinModule("node:worker_threads");
      const w = new Worker("require('node:worker_threads').parentPort.postMessage('ran')", { eval: true });
      return await new Promise((ok, no) => { w.on("message", ok); w.on("error", no); });`,
  },
  {
    name: "a worker by the constructor of its prototype",
    code:
      `const W = Worker.prototype.constructor; new W("data:text/javascript,", { type: "module" }); return "began";`,
  },
  {
    name: "Reflect.construct of a worker",
    code:
      `Reflect.construct(Worker, ["data:text/javascript,", { type: "module" }], EventTarget); return "began";`,
  },
  {
    name: "a worker after its prototype was put back",
    code:
      `Object.setPrototypeOf(Worker, EventTarget); new Worker("data:text/javascript,", { type: "module" }); return "began";`,
  },
  {
    name: "Deno.dlopen",
    code:
      `return Object.keys(Deno.dlopen("libc.so.6", { getpid: { parameters: [], result: "i32" } }).symbols);`,
  },
  {
    name: "process.dlopen",
    code: `process.dlopen({ exports: {} }, "/lib/x86_64-linux-gnu/libc.so.6"); return "loaded";`,
    harmlessWhenLoose: "the bait is no addon",
  },
  {
    name: "a native addon",
    files: { "addon.node": "\x7fELF" },
    code:
      `const require = process.getBuiltinModule("node:module").createRequire(import.meta.url); return typeof require("./addon.node");`,
    harmlessWhenLoose: "the bait is no addon",
  },
  {
    name: "Deno.UnsafePointer",
    code: `return String(Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(1))));`,
  },
  {
    name: "node:wasi",
    code:
      `const { WASI } = process.getBuiltinModule("node:wasi"); const w = new WASI({ version: "preview1", preopens: { "/": p.directory } }); return typeof w;`,
    harmlessWhenLoose: "directories are opened when it starts; see the permissions",
  },
  {
    name: "process.binding",
    code: `return Object.keys(process.binding("fs"));`,
    harmlessWhenLoose: "Deno has few of them",
  },
  {
    name: "process.binding by its prototype",
    code: `return Object.keys(Object.getPrototypeOf(process).binding.call(process, "spawn_sync"));`,
    harmlessWhenLoose: "Deno has few of them",
  },
  {
    name: "Deno's internals by their symbol",
    code: `return Object.keys(Deno[Deno.internal].core.ops).length;`,
  },
  {
    name: "Deno's internals by any symbol",
    code:
      `return Object.getOwnPropertySymbols(Deno).map((s) => Object.keys(Deno[s]).length).find((n) => n > 0) ?? null;`,
  },
  {
    name: "the bootstrap object",
    code:
      `return Object.keys(globalThis.__bootstrap ?? globalThis.nodeBootstrap ?? {})[0] ?? null;`,
    harmlessWhenLoose: "Deno removes it itself",
  },
  {
    name: "node:inspector",
    code:
      `const i = process.getBuiltinModule("node:inspector"); i.open(0); return i.url() ?? null;`,
  },
  {
    name: "an inspector session",
    code:
      `const { Session } = process.getBuiltinModule("node:inspector"); const s = new Session(); s.connect();
      return await new Promise((ok, no) => s.post("Runtime.evaluate", { expression: "Deno.readTextFileSync('%secret%')" }, (e, r) => e || r.exceptionDetails ? no(e ?? new Error("threw")) : ok(r.result.value)));`,
  },
  {
    name: "Deno.kill of the gateway's neighbour",
    code:
      "Deno.kill(p.victim, 'SIGKILL'); await new Promise((ok) => setTimeout(ok, 100)); return 'sent';",
  },
  { name: "process.kill", code: "process.kill(p.victim, 'SIGKILL'); return 'sent';" },
  {
    name: "process.kill without a signal",
    code: "return process.kill(p.victim, 0) ? 'it lives' : null;",
  },
  {
    name: "process.kill of the group",
    code: "process.kill(-p.victim, 'SIGTERM'); return 'sent';",
    harmlessWhenLoose: "the victim leads no group",
  },
  {
    name: "process.kill by another realm",
    code:
      `const vm = process.getBuiltinModule("node:vm"); vm.runInThisContext("process").kill(p.victim, "SIGKILL"); return "sent";`,
  },
  {
    name: "process._kill",
    code: "return process._kill(p.victim, 9) === 0 ? 'sent' : null;",
    harmlessWhenLoose: "it asks the same question as process.kill",
  },
  {
    name: "process._debugProcess",
    code: "process._debugProcess(p.victim); return 'sent';",
    harmlessWhenLoose: "Deno does not have it",
  },
  {
    name: "a signal listener",
    code: "Deno.addSignalListener('SIGTERM', () => {}); return 'listening';",
  },
  {
    name: "process.setuid",
    code: "process.setuid(65534); return 'changed';",
    harmlessWhenLoose: "where the gateway is not root it may not either",
  },
  {
    name: "os.setPriority",
    code: "process.getBuiltinModule('node:os').setPriority(p.victim, 10); return 'changed';",
  },
];
