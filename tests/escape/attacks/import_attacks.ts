import type { Attack } from "../attack.ts";

/** What a module loader could be talked into. Literal and static forms bypass Deno's permissions. */
export const IMPORT_ATTACKS: readonly Attack[] = [
  { name: "a static import", top: `import x from "file://%module%";`, code: "return x;" },
  {
    name: "a static import of text",
    top: `import x from "file://%secret%" with { type: "text" };`,
    code: "return x;",
  },
  {
    name: "a static import of bytes",
    top: `import x from "file://%secret%" with { type: "bytes" };`,
    code: "return [...x];",
    harmlessWhenLoose: "it is unstable",
  },
  {
    name: "a static import of JSON",
    top: `import x from "file://%json%" with { type: "json" };`,
    code: "return x;",
  },
  {
    name: "a static re-export",
    top: `export { default as x } from "file://%module%";`,
    code: "return (await import(import.meta.url)).x;",
  },
  {
    name: "a static import by a relative path",
    top: `import x from "../secret.mjs";`,
    code: "return x;",
    harmlessWhenLoose: "where the package lies is the sandbox's affair",
  },
  { name: "a literal import", code: `return (await import("file://%module%")).default;` },
  {
    name: "a literal import of text",
    code: `return (await import("file://%secret%", { with: { type: "text" } })).default;`,
  },
  {
    name: "a literal import of bytes",
    code: `return [...(await import("file://%secret%", { with: { type: "bytes" } })).default];`,
    harmlessWhenLoose: "it is unstable",
  },
  {
    name: "a literal import of JSON",
    code: `return (await import("file://%json%", { with: { type: "json" } })).default;`,
  },
  { name: "an opaque import", code: `return (await import("file://" + p.module)).default;` },
  {
    name: "an opaque import of text",
    code: `return (await import("file://" + p.secret, { with: { type: "text" } })).default;`,
  },
  {
    name: "an opaque import of JSON",
    code: `return (await import("file://" + p.json, { with: { type: "json" } })).default;`,
  },
  {
    name: "a directory by a template",
    code: "return (await import(`file://%directory%/${p.module.split('/').at(-1)}`)).default;",
  },
  {
    name: "another tenant's module",
    top: `import x from "file://%neighbour%";`,
    code: "return x;",
  },
  {
    name: "a package file that imports what it should not",
    files: { "inner.mjs": `export { default } from "file://%module%";` },
    code: `return (await import(new URL("inner.mjs", import.meta.url).href)).default;`,
  },
  {
    name: "a package file that imports text by a literal",
    files: {
      "inner.mjs":
        `export default (await import("file://%secret%", { with: { type: "text" } })).default;`,
    },
    code: `return (await import("./inner.mjs")).default;`,
  },
  {
    name: "an import map of the package",
    files: { "deno.json": `{ "imports": { "x": "file://%module%" } }` },
    code: `return (await import("x")).default;`,
    harmlessWhenLoose: "configuration files are not looked for",
  },
  {
    name: "package.json imports",
    files: { "package.json": `{ "type": "module", "imports": { "#x": "file://%module%" } }` },
    code: `return (await import("#x")).default;`,
    harmlessWhenLoose: "targets of such imports must be relative",
  },
  {
    name: "a package whose main leads outside",
    files: {
      "node_modules/x/package.json": `{ "name": "x", "main": "../../../secret.mjs" }`,
    },
    code: `return (await import("x")).default;`,
    harmlessWhenLoose: "Deno itself keeps a package's entry inside the package",
  },
  {
    name: "a linked package",
    files: { "node_modules/y/package.json": `{ "name": "y" }` },
    links: { "node_modules/x": "%directory%" },
    heldBy: "the artifact store, which takes no link that leads outside",
    code: `return (await import("x/secret.mjs")).default;`,
  },
  {
    name: "a data: module that reads a file",
    code:
      "return (await import('data:text/javascript,export default Deno.readTextFileSync(' + JSON.stringify(p.secret) + ')')).default;",
  },
  {
    name: "a data: module that imports a file",
    code:
      "return (await import('data:text/javascript,' + encodeURIComponent(`export { default } from 'file://${p.module}'`))).default;",
    harmlessWhenLoose: "a module from nowhere may not import files",
  },
  {
    name: "a blob: module that imports a file",
    code:
      "const url = URL.createObjectURL(new Blob([`export { default } from 'file://${p.module}'`], { type: 'text/javascript' })); return (await import(url)).default;",
    harmlessWhenLoose: "a module from nowhere may not import files",
  },
  {
    name: "an http: module",
    code: "return (await import(`http://127.0.0.1:${p.port}/x.mjs`)).default;",
    harmlessWhenLoose: "only what is cached is loaded",
  },
  {
    name: "a static http: module",
    top: `import "http://127.0.0.1:%port%/x.mjs";`,
    code: "return 'ran';",
    harmlessWhenLoose: "only what is cached is loaded",
  },
  {
    name: "an npm: package",
    code: "return Object.keys(await import('npm:ms@2.1.3'));",
    harmlessWhenLoose: "only what is cached is loaded",
  },
  {
    name: "an npm: package from a registry that the package itself names",
    files: {
      ".npmrc": "registry=http://127.0.0.1:%port%/",
      "package.json": `{ "type": "module", "dependencies": { "absent": "1.0.0" } }`,
    },
    code: `try { return Object.keys(await import("absent")); } catch {
      return Object.keys(await import("npm:absent@1.0.0")); }`,
    harmlessWhenLoose: "only what is cached is loaded",
  },
  {
    name: "a jsr: package",
    code: "return Object.keys(await import('jsr:@std/assert'));",
    harmlessWhenLoose: "only what is cached is loaded",
  },
  {
    name: "an import.meta.resolve, then a read",
    code:
      "return await Deno.readTextFile(new URL(import.meta.resolve('../../../../../../../../' + p.secret.slice(1))));",
  },
  {
    name: "createRequire",
    code:
      `const require = process.getBuiltinModule("node:module").createRequire("file:///"); return require(p.module).default;`,
  },
  {
    name: "createRequire of JSON",
    code:
      `const require = process.getBuiltinModule("node:module").createRequire(import.meta.url); return require(p.json);`,
  },
  {
    name: "createRequire of any file",
    code: `const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);
      try { return require("/etc/passwd"); } catch (e) { if (e.name === "SyntaxError") return e.message; throw e; }`,
  },
  {
    name: "require.resolve",
    code:
      `const require = process.getBuiltinModule("node:module").createRequire(import.meta.url); return require.resolve(p.module);`,
  },
  {
    name: "Module._load",
    code: `return process.getBuiltinModule("node:module")._load(p.json, null, false);`,
  },
  {
    name: "Module._extensions",
    code:
      `const M = process.getBuiltinModule("node:module"); const m = new M(p.json); M._extensions[".json"](m, p.json); return m.exports;`,
  },
  {
    name: "Module.findPackageJSON",
    code:
      `return process.getBuiltinModule("node:module").findPackageJSON("file://" + p.directory + "/x.js") ?? null;`,
    harmlessWhenLoose: "there is none to find",
  },
  {
    name: "module.register",
    code: `process.getBuiltinModule("node:module").register("file://" + p.module); return null;`,
    harmlessWhenLoose: "a loader shows itself only by what it then loads",
  },
  {
    name: "module.registerHooks",
    code: `process.getBuiltinModule("node:module").registerHooks({
        load: (url, context, next) => next("file://" + p.json, { ...context, importAttributes: { type: "json" } }) });
      return (await import("./other.mjs")).default;`,
    harmlessWhenLoose: "what a hook asks for is loaded with the importer's rights",
  },
  {
    name: "node:vm",
    code: `const vm = process.getBuiltinModule("node:vm");
      return await vm.runInNewContext("import('file://" + p.module + "')", {}).then((m) => m.default);`,
    harmlessWhenLoose: "scripts of node:vm cannot import",
  },
  {
    name: "node:vm with the loader of the realm",
    code: `const vm = process.getBuiltinModule("node:vm");
      const script = new vm.Script("import('file://" + p.module + "')", {
        importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
      return (await script.runInThisContext()).default;`,
  },
  {
    name: "node:vm, then back to the realm",
    code: `const vm = process.getBuiltinModule("node:vm");
      return vm.runInThisContext("Deno.readTextFileSync")(p.secret);`,
  },
  {
    name: "an indirect eval",
    code: `return await (0, eval)("import('file://" + p.module + "')").then((m) => m.default);`,
  },
  {
    name: "a Function",
    code:
      "return await new Function('u', 'return import(u)')('file://' + p.module).then((m) => m.default);",
  },
  {
    name: "a string timer",
    code:
      "globalThis.p = p; setTimeout('globalThis.x = Deno.readTextFileSync(p.secret)'); await new Promise((ok) => setTimeout(ok, 50)); return globalThis.x ?? null;",
    harmlessWhenLoose: "Deno runs no strings in timers",
  },
  {
    name: "module.findSourceMap",
    files: {
      "mapped.mjs":
        "export const f = () => { throw new Error('x'); };\n//# sourceMappingURL=file://%json%",
    },
    code:
      "const { f } = await import('./mapped.mjs'); try { f(); } catch (e) { return e.stack.includes('marker') ? e.stack : null; }",
    harmlessWhenLoose: "the bait is not a source map",
  },
];
