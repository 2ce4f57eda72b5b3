/** Bounded attacks: held by a defence they fail, without it they come to an answer. */

/** Some 200 MB of live objects. */
export const HEAP_200_MB = `export function attack() {
  const kept = [];
  for (let i = 0; i < 200; i++) kept.push(new Array(2 ** 17).fill(i + 0.5));
  return kept.length;
}`;

/** 320 MB of written buffers, held for a while: whoever looks at memory has time to. */
export const BUFFERS_320_MB = `export async function attack() {
  const kept = [];
  for (let i = 0; i < 20; i++) {
    kept.push(new Uint8Array(16 * 2 ** 20).fill(1));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  return kept.length;
}`;

export const BUSY_LOOP = "export function attack() { for (;;); }";

/** A thread that answers. */
export const THREAD = `export const attack = () => new Promise((resolve, reject) => {
  const worker = new Worker("data:text/javascript,postMessage(7)", { type: "module" });
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.onerror = reject;
});`;

export const LARGE_RESULT = `export const attack = () => "x".repeat(100_000);`;

/** 256 KB of lines outside frames, which only the gateway counts. */
export const LOG_FLOOD = `export function attack() {
  const bytes = new TextEncoder().encode("a stray line\\n".repeat(1000));
  for (let i = 0; i < 20; i++) Deno.stdout.writeSync(bytes);
  return "calm";
}`;

/** 24 MB outside frames. */
export const STRAY_FLOOD = `export function attack() {
  const bytes = new Uint8Array(2 ** 20).fill(65);
  for (let i = 0; i < 24; i++) Deno.stdout.writeSync(bytes);
  return "calm";
}`;

/** 24 MB of console lines while no call runs. */
export const LOADING_FLOOD = `
for (let i = 0; i < 2400; i++) console.log("x".repeat(10_000));
export const attack = () => "calm";`;

/** Answers well, with something gone wrong behind its back. */
export const STRAY_ERROR = `let calls = 0;
export async function attack() {
  if (calls++ === 0) Promise.reject(new Error("stray"));
  await new Promise((resolve) => setTimeout(resolve, 100));
  return calls;
}`;

/** Sends a body of 4 MB to somebody who reads none of it. */
export const UNREAD_UPLOAD = `export const attack = async () => {
  const body = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 64; i++) controller.enqueue(new Uint8Array(65536));
      controller.close();
    },
  });
  const sent = fetch("https://example.com/", { method: "POST", body, duplex: "half" });
  return await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, 1000, "waiting"))]);
};`;
