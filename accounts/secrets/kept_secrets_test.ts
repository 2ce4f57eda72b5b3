import assert from "node:assert/strict";
import { callEnvironment } from "../../runtime/call_environment.ts";
import { AirlockError } from "../../spec/errors.ts";
import { keptSecrets } from "./kept_secrets.ts";
import type { SecretReader } from "./secret_reader.ts";

function readerWith(values: Record<string, string>, opened: string[] = []) {
  const sealedIn: SecretReader["sealedIn"] = () =>
    Promise.resolve(
      new Map(
        Object.entries(values).map(([name, value]) => [name, () => {
          opened.push(name);
          return value;
        }]),
      ),
    );
  return { sealedIn };
}

const DECLARED = [{ name: "TOKEN", required: true }, { name: "REGION", required: false }];

Deno.test("keptSecrets() opens what a tool declares and nothing else", async () => {
  const opened: string[] = [];
  const values = { TOKEN: "t0ken-value", OTHER: "other-value", PATH: "evil" };
  const { secrets, redact } = await keptSecrets(readerWith(values, opened), []);
  const env = callEnvironment({}, [...DECLARED, { name: "PATH", required: false }], secrets);
  assert.deepEqual(env, { TOKEN: "t0ken-value" });
  assert.deepEqual(opened, ["TOKEN"]);
  assert.equal(redact?.("got t0ken-value and other-value"), "got [redacted] and other-value");
});

Deno.test("keptSecrets() gives nothing to packages that declare nothing", async () => {
  const opened: string[] = [];
  const { secrets } = await keptSecrets(readerWith({ TOKEN: "t0ken-value" }, opened), []);
  assert.deepEqual(callEnvironment({ OWN: "1" }, [], secrets), { OWN: "1" });
  assert.deepEqual(opened, []);
});

Deno.test("keptSecrets() lets calls fail that need a secret while the database is away", async () => {
  const away = new AirlockError("upstream_failed", "look up secrets: the database does not answer");
  const reader = { sealedIn: () => Promise.reject(away) };
  const { secrets } = await keptSecrets(reader, []);
  assert.throws(() => callEnvironment({}, DECLARED, secrets), away);
  assert.deepEqual(callEnvironment({}, [], secrets), {});
  const brought = { TOKEN: "mine", REGION: "eu" };
  assert.deepEqual(callEnvironment(brought, DECLARED, secrets), brought);
});

Deno.test("keptSecrets() is nothing where nothing is kept", async () => {
  assert.deepEqual(await keptSecrets(readerWith({}), []), {});
});
