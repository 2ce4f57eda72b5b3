import type { Attack } from "../attack.ts";

/** Names that built-ins hide behind: a bundler must not see them as imports of the test itself. */
const FS = `const fs = process.getBuiltinModule("node:fs");`;

/** Deno follows links below a directory it may read, so without bubblewrap they must not get there. */
const STORE = "the artifact store, which takes no link that leads outside";

/** Reads of files outside the sandbox by the file-system interfaces of Deno and Node. */
export const READ_ATTACKS: readonly Attack[] = [
  { name: "Deno.readTextFile", code: "return await Deno.readTextFile(p.secret);" },
  { name: "Deno.readTextFileSync", code: "return Deno.readTextFileSync(p.secret);" },
  { name: "Deno.readFile", code: "return [...await Deno.readFile(p.secret)];" },
  {
    name: "Deno.open",
    code: "using f = await Deno.open(p.secret); return await new Response(f.readable).text();",
  },
  { name: "Deno.openSync", code: "return Deno.openSync(p.secret).statSync().size;" },
  {
    name: "Deno.readDir",
    code: "return (await Array.fromAsync(Deno.readDir(p.directory))).map((e) => e.name);",
  },
  { name: "Deno.stat", code: "return (await Deno.stat(p.secret)).size;" },
  { name: "Deno.lstatSync", code: "return Deno.lstatSync(p.secret).size;" },
  { name: "Deno.realPath", code: "return await Deno.realPath(p.directory + '/./secret.txt');" },
  {
    name: "Deno.watchFs",
    code: "const w = Deno.watchFs(p.directory); w.close(); return 'watched';",
  },
  {
    name: "Deno.copyFile into the package",
    code: "await Deno.copyFile(p.secret, p.target); return Deno.readTextFileSync(p.target);",
  },
  {
    name: "a parent path below what may be read",
    code: `const at = new URL(".", import.meta.url).pathname;
      return await Deno.readTextFile(at + "../".repeat(20) + p.secret.slice(1));`,
  },
  { name: "fs.readFileSync", code: `${FS} return fs.readFileSync(p.secret, "utf8");` },
  {
    name: "fs.readFile",
    code: `${FS} return await new Promise((ok, no) =>
      fs.readFile(p.secret, "utf8", (e, t) => e ? no(e) : ok(t)));`,
  },
  { name: "fs.promises", code: `${FS} return await fs.promises.readFile(p.secret, "utf8");` },
  {
    name: "fs.promises.open",
    code: `${FS} await using f = await fs.promises.open(p.secret);
      return (await f.readFile()).toString();`,
  },
  {
    name: "fs.createReadStream",
    code:
      `${FS} let t = ""; for await (const c of fs.createReadStream(p.secret)) t += c; return t;`,
  },
  { name: "fs.openAsBlob", code: `${FS} return await (await fs.openAsBlob(p.secret)).text();` },
  {
    name: "fs.openSync and readSync",
    code:
      `${FS} const b = Buffer.alloc(99); fs.readSync(fs.openSync(p.secret), b); return b.toString();`,
  },
  { name: "fs.readdirSync", code: `${FS} return fs.readdirSync(p.directory);` },
  {
    name: "fs.opendirSync",
    code: `${FS} return fs.opendirSync(p.directory).readSync().name;`,
  },
  { name: "fs.statSync", code: `${FS} return fs.statSync(p.secret).size;` },
  { name: "fs.existsSync", code: `${FS} return fs.existsSync(p.secret) ? "there" : null;` },
  { name: "fs.accessSync", code: `${FS} fs.accessSync(p.secret); return "there";` },
  { name: "fs.realpathSync.native", code: `${FS} return fs.realpathSync.native(p.secret);` },
  { name: "fs.statfsSync", code: `${FS} return fs.statfsSync(p.directory).blocks;` },
  { name: "fs.globSync", code: `${FS} return fs.globSync(p.directory + "/*")[0] ?? null;` },
  {
    name: "fs.watch",
    code: `${FS} const w = fs.watch(p.directory);
      const error = await new Promise((ok) => { w.on("error", ok); setTimeout(ok, 300); });
      w.close(); if (error) throw error; return "watched";`,
  },
  {
    name: "fs.cpSync",
    code: `${FS} fs.cpSync(p.secret, p.target); return "copied";`,
  },
  {
    name: "fs.symlinkSync, then read",
    code: `${FS} fs.symlinkSync(p.secret, p.target); return fs.readFileSync(p.target, "utf8");`,
  },
  {
    name: "fs.linkSync, then read",
    code: `${FS} fs.linkSync(p.secret, p.target); return fs.readFileSync(p.target, "utf8");`,
  },
  {
    name: "a symbolic link in the package",
    heldBy: STORE,
    links: { "inside.txt": "%secret%" },
    code: `return await Deno.readTextFile(new URL("inside.txt", import.meta.url));`,
  },
  {
    name: "a symbolic link to a directory in the package",
    heldBy: STORE,
    links: { inside: "%directory%" },
    code: `${FS} return fs.readFileSync(new URL("inside/secret.txt", import.meta.url), "utf8");`,
  },
  {
    name: "a symbolic link to the root in the package",
    heldBy: STORE,
    links: { root: "/" },
    code: `return await Deno.readTextFile(new URL("root" + p.secret, import.meta.url));`,
  },
  {
    name: "process.loadEnvFile",
    code: "process.loadEnvFile(p.dotenv); return 'loaded';",
  },
  {
    name: "node:sqlite DatabaseSync",
    code: `const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
      return new DatabaseSync(p.sqlite).prepare("SELECT * FROM t").get().marker;`,
  },
  {
    name: "node:sqlite ATTACH",
    code: `const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
      const d = new DatabaseSync(":memory:"); d.exec("ATTACH '" + p.sqlite + "' AS o");
      return d.prepare("SELECT * FROM o.t").get().marker;`,
    harmlessWhenLoose: "Deno refuses ATTACH to a process that may do everything, too",
  },
  {
    name: "node:sqlite URI",
    code: `const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
      return new DatabaseSync("file:" + p.sqlite + "?mode=ro").prepare("SELECT * FROM t").get().marker;`,
  },
  { name: "another tenant's directory", code: "return await Deno.readTextFile(p.neighbour);" },
  {
    name: "fetch of a file URL",
    code: `return await (await fetch("file://" + p.secret)).text();`,
  },
  {
    name: "a request for a file URL made before the sandbox was ready",
    code: `return await (await fetch(new Request("file://" + p.secret))).text();`,
  },
  {
    name: "EventSource of a file URL",
    code: `return await new Promise((ok, no) => {
      const s = new EventSource("file://" + p.secret);
      s.onmessage = (e) => ok(e.data); s.onerror = () => { s.close(); no(new Error("refused")); };
    });`,
    harmlessWhenLoose: "an EventSource never reads file URLs",
  },
  {
    name: "WebAssembly.compileStreaming of a file URL",
    code: `await WebAssembly.compileStreaming(fetch("file://" + p.secret)); return "read";`,
    harmlessWhenLoose: "the bait is not WebAssembly",
  },
];
