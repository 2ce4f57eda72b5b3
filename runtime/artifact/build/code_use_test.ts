import { deepEqual } from "node:assert/strict";
import { globalUse } from "./code_use.ts";
import { parseModule } from "./syntax_tree.ts";

const env = (code: string) => globalUse(parseModule(code)).env;
const globals = (code: string) => globalUse(parseModule(code)).globals;

Deno.test("globalUse() finds environment variables however they are read", () => {
  const cases: Record<string, string[]> = {
    [`process.env.A_KEY`]: ["A_KEY"],
    [`process.env["A_KEY"]`]: ["A_KEY"],
    ["process.env[`A_KEY`]"]: ["A_KEY"],
    [`globalThis.process?.env?.A_KEY`]: ["A_KEY"],
    [`const { A_KEY, B_KEY: b = 1, ...rest } = process.env`]: ["A_KEY", "B_KEY"],
    [`const e = process.env; e.A_KEY; e["B_KEY"]`]: ["A_KEY", "B_KEY"],
    [`const e = typeof process !== "undefined" ? process.env : {}; e.A_KEY`]: ["A_KEY"],
    [`const { env } = process; env.A_KEY`]: ["A_KEY"],
    [`(process.env ?? {}).A_KEY`]: ["A_KEY"],
    [`Deno.env.get("A_KEY")`]: ["A_KEY"],
    [`globalThis.Deno?.env.get("A_KEY")`]: ["A_KEY"],
    [`load({ environmentVariableName: "A_KEY" })`]: ["A_KEY"],
    [`import p from "node:process"; p.env.A_KEY`]: ["A_KEY"],
    [`process.env.lower; import.meta.env.VITE_KEY; "process.env.IN_TEXT"; x.get("A_KEY")`]: [],
    [`// process.env.COMMENT`]: [],
  };
  for (const [code, expected] of Object.entries(cases)) deepEqual(env(code), expected, code);
});

Deno.test("globalUse() finds globals that are read, not names that happen to be alike", () => {
  const cases: Record<string, string[]> = {
    [`fetch("x")`]: ["fetch"],
    [`const f = globalThis.fetch`]: ["fetch"],
    [`new WebSocket("x")`]: ["WebSocket"],
    [`const { a = fetch } = {}`]: ["fetch"],
    [`export const o = { fetch }`]: ["fetch"],
    [`class A extends Worker {}`]: ["Worker"],
    [`eval("1")`]: ["eval"],
    [`client.fetch("x"); const o = { fetch: 1, Worker() {} }; o.eval`]: [],
    [`class A { fetch() {} }`]: [],
    [`function fetch() {}`]: [],
    [`"fetch WebSocket"`]: [],
  };
  for (const [code, expected] of Object.entries(cases)) deepEqual(globals(code), expected, code);
});
