import type { Attack } from "../attack.ts";

const OS = `const os = process.getBuiltinModule("node:os");`;

/** What a sandbox may learn of the machine, of its own command line, and of what it may do. */
export const SYSTEM_ATTACKS: readonly Attack[] = [
  { name: "Deno.hostname", code: "return Deno.hostname();" },
  { name: "Deno.osRelease", code: "return Deno.osRelease();" },
  { name: "Deno.osUptime", code: "return Deno.osUptime();" },
  { name: "Deno.loadavg", code: "return Deno.loadavg();" },
  { name: "Deno.networkInterfaces", code: "return Deno.networkInterfaces();" },
  { name: "Deno.systemMemoryInfo", code: "return Deno.systemMemoryInfo();" },
  { name: "Deno.uid", code: "return Deno.uid() + 1;" },
  { name: "Deno.gid", code: "return Deno.gid() + 1;" },
  {
    name: "os.hostname",
    code: `${OS} return os.hostname() === p.machine.hostname ? "told" : null;`,
  },
  {
    name: "os.networkInterfaces",
    code:
      `${OS} const all = JSON.stringify(os.networkInterfaces()); return p.machine.addresses.some((a) => all.includes(\`"\${a}"\`)) ? all : null;`,
  },
  {
    name: "os.cpus",
    code: `${OS} return os.cpus().some((c) => c.model === p.machine.cpu) ? "told" : null;`,
  },
  {
    name: "os.userInfo",
    code:
      `${OS} const u = os.userInfo(); return u.username === p.machine.user || u.homedir === p.machine.home ? u : null;`,
  },
  {
    name: "os.loadavg",
    code: `${OS} return os.loadavg().some((n) => n > 0) ? os.loadavg() : null;`,
  },
  {
    name: "os.totalmem",
    code: `${OS} return os.totalmem() === p.machine.totalmem ? "told" : null;`,
  },
  { name: "os.freemem", code: `${OS} return os.freemem() > 2 ** 29 ? os.freemem() : null;` },
  { name: "os.release", code: `${OS} return os.release() === p.machine.release ? "told" : null;` },
  { name: "os.version", code: `${OS} return os.version() === p.machine.version ? "told" : null;` },
  { name: "os.uptime", code: `${OS} return os.uptime() > 60 ? os.uptime() : null;` },
  { name: "os.tmpdir", code: `${OS} return [...Deno.readDirSync(os.tmpdir())].length + 1;` },
  {
    name: "process.getuid",
    code: `return process.getuid() === p.machine.uid ? "told" : null;`,
  },
  {
    name: "process.getgroups",
    code: "return process.getgroups().length || null;",
    harmlessWhenLoose: "an account may have none",
  },
  {
    name: "process.report",
    code: "return process.report.getReport().header.host ?? null;",
    harmlessWhenLoose: "Deno has it in name only",
  },
  {
    name: "Deno.env of the real process",
    code:
      "return Object.getPrototypeOf(Deno.env).toObject?.call(Deno.env) && Deno.env.get('DENO_DIR') ? 'seen' : null;",
    harmlessWhenLoose: "it was replaced by memory",
  },
  {
    name: "process.env of the real process",
    code: "return Object.keys(process.env).length || null;",
    harmlessWhenLoose: "it was replaced by memory",
  },
  {
    name: "process.env imported",
    code: "const { env } = await import('node:process'); return Object.keys(env).length || null;",
    harmlessWhenLoose: "it was replaced by memory",
  },
  {
    name: "process.env of a default import",
    code:
      "const { default: process } = await import('node:process'); return process.env.HOME ?? null;",
    harmlessWhenLoose: "it was replaced by memory",
  },
  {
    name: "a real environment variable by its getter",
    code: "return process.getBuiltinModule('node:process').env.DENO_DIR ?? null;",
    harmlessWhenLoose: "it was replaced by memory",
  },
  {
    name: "util.parseEnv",
    code: "return process.getBuiltinModule('node:util').parseEnv('A=1').B ?? null;",
    harmlessWhenLoose: "it parses text",
  },
  {
    name: "Deno.permissions.request for reading",
    code:
      "return (await Deno.permissions.request({ name: 'read' })).state === 'granted' ? Deno.readTextFileSync(p.secret) : null;",
  },
  {
    name: "Deno.permissions.request for running",
    code:
      "return (await Deno.permissions.request({ name: 'run' })).state === 'granted' ? 'granted' : null;",
  },
  {
    name: "Deno.permissions.request for the network",
    code:
      "return (await Deno.permissions.request({ name: 'net' })).state === 'granted' ? 'granted' : null;",
  },
  {
    name: "Deno.permissions.requestSync for the environment",
    code:
      "return Deno.permissions.requestSync({ name: 'env' }).state === 'granted' ? 'granted' : null;",
  },
  {
    name: "Deno.permissions.requestSync for imports",
    code:
      "return Deno.permissions.requestSync({ name: 'import' }).state === 'granted' ? 'granted' : null;",
  },
  {
    name: "a permission that was taken back and asked for again",
    code:
      "await Deno.permissions.revoke({ name: 'read' }); return (await Deno.permissions.request({ name: 'read', path: p.secret })).state === 'granted' ? 'granted' : null;",
    harmlessWhenLoose: "what is taken back stays so without a prompt",
  },
  {
    name: "standard input of the gateway",
    code:
      "const b = new Uint8Array(64); const n = await Promise.race([Deno.stdin.read(b), new Promise((ok) => setTimeout(ok, 200, null))]); return n;",
    harmlessWhenLoose: "there is nothing to read until the gateway speaks",
  },
  {
    name: "descriptors by their number",
    code: `const fs = process.getBuiltinModule("node:fs"); const found = [];
      for (let fd = 3; fd < 300; fd++) { try { fs.fstatSync(fd); found.push(fd); } catch { continue; } }
      return found.length > 0 ? found : null;`,
    harmlessWhenLoose: "numbers are those of Deno's resources, not of the kernel",
  },
  {
    name: "standard input by node",
    code: "return process.stdin.read() ?? null;",
    harmlessWhenLoose: "there is nothing to read until the gateway speaks",
  },
  {
    name: "standard input by its descriptor",
    code: `return process.getBuiltinModule("node:fs").fstatSync(0).isFIFO() ? null : null;`,
    harmlessWhenLoose: "it says only that there is one",
  },
  {
    name: "prompt",
    code: "return prompt('x') ?? null;",
    harmlessWhenLoose: "nobody sits at a terminal",
  },
  {
    name: "Deno.consoleSize",
    code: "return Deno.consoleSize();",
    harmlessWhenLoose: "there is no terminal",
  },
  {
    name: "Deno.exit",
    code: "Deno.exit(0);",
    harmlessWhenLoose: "a process that ended answers no more",
  },
  {
    name: "process.reallyExit",
    code: "process.reallyExit(0);",
    harmlessWhenLoose: "a process that ended answers no more",
  },
];
