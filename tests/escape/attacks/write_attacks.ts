import type { Attack } from "../attack.ts";

const FS = `const fs = process.getBuiltinModule("node:fs");`;

/** Writes outside the sandbox, and anything that would outlive it. */
export const WRITE_ATTACKS: readonly Attack[] = [
  {
    name: "Deno.writeTextFile",
    code: "await Deno.writeTextFile(p.target, 'x'); return 'written';",
  },
  {
    name: "Deno.writeFileSync over the bait",
    code: "Deno.writeFileSync(p.secret, new Uint8Array(1));",
  },
  { name: "Deno.create", code: "(await Deno.create(p.target)).close();" },
  { name: "Deno.mkdir", code: "await Deno.mkdir(p.target);" },
  { name: "Deno.makeTempFile", code: "return await Deno.makeTempFile();" },
  {
    name: "Deno.makeTempDirSync elsewhere",
    code: "return Deno.makeTempDirSync({ dir: p.directory });",
  },
  { name: "Deno.rename", code: "await Deno.rename(p.module, p.target);" },
  { name: "Deno.remove", code: "await Deno.remove(p.json); return 'removed';" },
  { name: "Deno.chmod", code: "await Deno.chmod(p.secret, 0o777); return 'changed';" },
  { name: "Deno.chown", code: "await Deno.chown(p.secret, 0, 0); return 'changed';" },
  { name: "Deno.utime", code: "await Deno.utime(p.secret, 0, 0); return 'changed';" },
  { name: "Deno.truncate", code: "await Deno.truncate(p.secret, 1);" },
  { name: "Deno.symlink", code: "await Deno.symlink(p.secret, p.target);" },
  { name: "Deno.link", code: "await Deno.link(p.secret, p.target);" },
  {
    name: "Deno.link into the package",
    code: `const to = new URL("taken.txt", import.meta.url);
      await Deno.link(p.secret, to.pathname); return await Deno.readTextFile(to);`,
  },
  {
    name: "changing the package",
    code: `await Deno.writeTextFile(new URL(import.meta.url), "export const attack = () => 1;");
      return "changed";`,
  },
  {
    name: "changing the Deno executable",
    code:
      "await Deno.writeTextFile(p.deno, 'x', { append: true, create: false }); return 'changed';",
    harmlessWhenLoose: "the kernel refuses to write a file that is running",
  },
  {
    name: "changing the guest program",
    code:
      "Deno.writeTextFileSync(Deno.mainModule.slice(7), '\\n', { append: true }); return 'changed';",
  },
  { name: "fs.writeFileSync", code: `${FS} fs.writeFileSync(p.target, "x");` },
  {
    name: "fs.writeFile",
    code:
      `${FS} await new Promise((ok, no) => fs.writeFile(p.target, "x", (e) => e ? no(e) : ok()));`,
  },
  { name: "fs.promises.writeFile", code: `${FS} await fs.promises.writeFile(p.target, "x");` },
  {
    name: "fs.createWriteStream",
    code: `${FS} await new Promise((ok, no) =>
      fs.createWriteStream(p.target).on("error", no).end("x", ok));`,
  },
  { name: "fs.openSync for writing", code: `${FS} fs.openSync(p.target, "w");` },
  { name: "fs.mkdtempSync", code: `${FS} return fs.mkdtempSync(p.directory + "/x");` },
  { name: "fs.appendFileSync", code: `${FS} fs.appendFileSync(p.secret, "x");` },
  { name: "fs.rmSync", code: `${FS} fs.rmSync(p.dotenv); return "removed";` },
  { name: "fs.copyFileSync", code: `${FS} fs.copyFileSync(p.secret, p.target);` },
  { name: "fs.renameSync", code: `${FS} fs.renameSync(p.neighbour, p.target);` },
  { name: "fs.chmodSync", code: `${FS} fs.chmodSync(p.secret, 0o777); return "changed";` },
  {
    name: "node:sqlite in a file",
    code: `const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
      new DatabaseSync(p.target).exec("CREATE TABLE t (x)");`,
  },
  {
    name: "node:sqlite VACUUM INTO",
    code: `const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
      const d = new DatabaseSync(":memory:"); d.exec("CREATE TABLE t (x)");
      d.exec("VACUUM INTO '" + p.target + "'");`,
    harmlessWhenLoose: "Deno refuses it to every process",
  },
  {
    name: "node:sqlite backup",
    code: `const { DatabaseSync, backup } = process.getBuiltinModule("node:sqlite");
      await backup(new DatabaseSync(":memory:"), p.target);`,
  },
  {
    name: "v8.writeHeapSnapshot",
    code: `process.getBuiltinModule("node:v8").writeHeapSnapshot(p.target);`,
    harmlessWhenLoose: "Deno has it in name only",
  },
  {
    name: "process.report.writeReport",
    code: `process.report.writeReport(p.target);`,
    harmlessWhenLoose: "Deno has it in name only",
  },
  {
    name: "node:test snapshots",
    code: `const test = process.getBuiltinModule("node:test");
      await test.test("x", (t) => t.assert.fileSnapshot("x", p.target));`,
    harmlessWhenLoose: "Deno has it in name only",
  },
  {
    name: "node:trace_events",
    code:
      `process.getBuiltinModule("node:trace_events").createTracing({ categories: ["v8"] }).enable();`,
    harmlessWhenLoose: "Deno has it in name only",
  },
  {
    name: "localStorage",
    code: "localStorage.setItem('a', 'b'); return localStorage.getItem('a');",
  },
  {
    name: "sessionStorage",
    code: "sessionStorage.setItem('a', 'b'); return sessionStorage.getItem('a');",
  },
  {
    name: "caches",
    code: `const c = await caches.open("x"); await c.put("http://x/", new Response("y"));
      return await (await c.match("http://x/")).text();`,
  },
  {
    name: "storage by its native descriptor",
    code:
      `const storage = Object.getOwnPropertyDescriptor(globalThis, "localStorage").get.call(globalThis);
      storage.setItem("a", "b"); return storage.getItem("a");`,
  },
  {
    name: "Deno.openKv",
    code: "return typeof await Deno.openKv(p.target);",
    harmlessWhenLoose: "it is unstable",
  },
  {
    name: "a permission audit named by the environment",
    env: { DENO_AUDIT_PERMISSIONS: "%target%" },
    code: "Deno.readTextFileSync(p.secret);",
    harmlessWhenLoose: "values never enter the real environment; see the cleared environment",
  },
  {
    name: "a trace of the environment",
    code:
      `process.env.DENO_AUDIT_PERMISSIONS = p.target; Deno.env.set("DENO_TRACE_PERMISSIONS", "1");
      try { Deno.readTextFileSync(p.secret + "x"); } catch { return null; }`,
    harmlessWhenLoose: "the variable is read when Deno starts",
  },
  { name: "process.chdir", code: "process.chdir(p.directory); return process.cwd();" },
  { name: "Deno.chdir", code: "Deno.chdir(p.directory); return Deno.cwd();" },
  { name: "Deno.umask", code: "return Deno.umask(0) || 'changed';" },
];
