/** Tools that answer well and leave something behind that is not idle. */
export const LEFTOVERS: Readonly<Record<string, string>> = {
  "a timer that burns": `export function attack() {
    setInterval(() => { for (const end = Date.now() + 50; Date.now() < end;); }, 0);
    return "well";
  }`,
  "a flood of timers": `export function attack() {
    for (let i = 0; i < 50000; i++) setInterval(() => {}, 0);
    return "well";
  }`,
  "a loop that begins after the answer": `export function attack() {
    setTimeout(() => { for (;;); }, 100);
    return "well";
  }`,
  "microtasks without end after the answer": `export function attack() {
    setTimeout(() => { const next = () => queueMicrotask(next); next(); }, 100);
    return "well";
  }`,
  "hashing in the background": `import { pbkdf2 } from "node:crypto";
    export function attack() {
      for (let i = 0; i < 8; i++) pbkdf2("p", "s", 2 ** 31 - 1, 64, "sha512", () => {});
      return "well";
    }`,
  "memory that grows in the background": `const kept = [];
    export function attack() {
      setInterval(() => kept.push(new Uint8Array(4 * 2 ** 20).fill(1)), 20);
      return "well";
    }`,
  "console lines in the background": `export function attack() {
    setInterval(() => { for (let i = 0; i < 500; i++) console.log("background " + i); }, 0);
    return "well";
  }`,
  "raw output in the background": `export function attack() {
    const bytes = new Uint8Array(65536).fill(65);
    setInterval(() => { for (let i = 0; i < 20; i++) Deno.stdout.writeSync(bytes); }, 5);
    return "well";
  }`,
  "rejections in the background": `export function attack() {
    setTimeout(() => Promise.reject(new Error("late")), 50);
    return "well";
  }`,
  "an exit in the background": `import process from "node:process";
    export function attack() { setTimeout(() => process.exit(0), 50); return "well"; }`,
};
