import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { hasLevel, HostileSandbox } from "../support/hostile_sandbox.ts";
import { KNOWN_SECRET, withKnownSecret } from "../support/known_secret.ts";
import { ATTACK_LIMITS } from "./attacks/attack.ts";
import {
  EAVESDROPPERS,
  FORGERIES,
  MEMORY_DUMPS,
  PLANTED_TO_JSON,
} from "./attacks/forge_attacks.ts";

const limits = { ...ATTACK_LIMITS, logBytes: 64 * 1024 };

for (const level of ["bubblewrap", "permissions"] as const) {
  // A machine may lack the programs that this level needs; CI has them.
  const ignore = !await hasLevel(level);

  Deno.test({
    name: `${level}: frames without the secret are log output`,
    ignore,
    async fn(test) {
      await using world = await HostileSandbox.open({ level });
      for (const [name, source] of Object.entries(FORGERIES)) {
        await test.step(name, async () => {
          await using loaded = await world.load(source, { limits });
          const { report, error, chunks, logs } = await loaded.call({ limits });
          assert.equal(report?.output, "honest", `${error}`);
          assert.deepEqual(chunks, []);
          assert.deepEqual(logs.filter(({ level }) => level === "error"), []);
          assert.ok(logs.some(({ message }) => message.includes("FORGED")), "wrote nothing");
        });
      }
    },
  });

  Deno.test({
    name: `${level}: whoever reads the gateway's frames learns no secret`,
    ignore,
    async fn(test) {
      const short = { ...limits, timeoutMs: 1_500 };
      await using world = await HostileSandbox.open({ level });
      for (const [name, source] of Object.entries(EAVESDROPPERS)) {
        await test.step(name, async () => {
          await using loaded = await withKnownSecret(() => world.load(source, { limits }));
          for (let calls = 1; calls <= 3; calls++) {
            const { report, error } = await loaded.call({ params: { calls }, limits: short });
            if (error !== undefined) {
              // It took the call's own frame, so that call never began.
              assert.ok(error instanceof AirlockError, String(error));
              assert.ok(["deadline_exceeded", "sandbox_crashed"].includes(error.code), error.code);
              break;
            }
            assert.ok(Array.isArray(report?.output));
            const taken = String.fromCharCode(...report.output.map(Number));
            assert.ok(!taken.includes(KNOWN_SECRET));
          }
        });
      }
    },
  });

  Deno.test({
    name: `${level}: no dump of its own memory shows the secret`,
    ignore,
    async fn(test) {
      const large = { ...limits, memoryBytes: 512 * 1024 * 1024 };
      await using world = await HostileSandbox.open({ level });
      for (const [name, source] of Object.entries(MEMORY_DUMPS)) {
        await test.step(name, async () => {
          // Told backwards, and after the dump was made: else the dump would show the question.
          const search = `${source}
            export const attack = async ({ backwards }) => {
              const text = await dump();
              return text.includes([...backwards].reverse().join(""));
            };`;
          await using loaded = await withKnownSecret(() => world.load(search, { limits: large }));
          const backwards = [...KNOWN_SECRET].reverse().join("");
          const { report, error } = await loaded.call({ params: { backwards }, limits: large });
          if (error === undefined) assert.equal(report?.output, false);
          else assert.ok(error instanceof AirlockError, String(error));
        });
      }
    },
  });

  Deno.test({
    name: `${level}: a planted toJSON puts no words into the guest's mouth`,
    ignore,
    async fn() {
      await using world = await HostileSandbox.open({ level });
      await using loaded = await world.load(PLANTED_TO_JSON, { limits, overlapping: true });
      const other = loaded.call({ toolName: "wait", params: { text: "mine" }, limits });
      const { error, logs } = await loaded.call({ limits });
      assert.ok(error instanceof AirlockError);
      assert.deepEqual([error.code, error.message], ["tool_error", "own"]);
      assert.deepEqual(logs.map(({ message }) => message), ["own line"]);
      const { report } = await other;
      assert.equal(report?.output, "mine");
    },
  });
}
