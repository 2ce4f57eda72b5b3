import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { notFound } from "../../tests/support/fake_packages.ts";
import { never, NPM, preparerWorld } from "../../tests/support/preparer_world.ts";

Deno.test("prepare() auto falls back to esm for the same version when npm cannot build", async () => {
  await using world = await preparerWorld();
  world.npm.hooks.build = () => {
    throw new AirlockError("artifact_failed", "Build the package: it is odd", { stage: "build" });
  };
  const request = { packageName: "sample", source: "auto" } as const;
  using first = await world.preparer.prepare(request, { signal: never() });
  assert.deepEqual(first.artifact.manifest.resolved, {
    source: "esm",
    packageName: "sample",
    version: "1.1.0",
  });
  using second = await world.preparer.prepare(request, { signal: never() });
  assert.equal(second.built, false);
  assert.equal(world.npm.counts.build, 1, "npm is not tried at every call");
});

Deno.test("prepare() auto tells both reasons when both fail", async () => {
  await using world = await preparerWorld();
  const request = { packageName: "sample", version: "9.9.9", source: "auto" } as const;
  await assert.rejects(world.preparer.prepare(request, { signal: never() }), (error) => {
    assert(error instanceof AirlockError);
    assert.equal(error.code, "artifact_failed");
    assert.match(error.message, /npm: .*not found; esm: .*not found/);
    assert.equal(error.details["reason"], "not_found");
    return true;
  });
});

const NO_FALLBACK: Readonly<Record<string, AirlockError>> = {
  "changed bytes": failed({ reason: "lock_mismatch" }),
  "wrong integrity": failed({ step: "integrity" }),
  "a refused token": failed({ status: 403 }),
  "a version too young": failed({ step: "version", minAgeMs: 1 }),
  "a registry that is down": failed({}, true),
  "a full queue": new AirlockError("pool_exhausted", "full"),
};

function failed(details: Record<string, unknown>, retryable = false): AirlockError {
  return new AirlockError("artifact_failed", "npm: failed", { stage: "fetch", details, retryable });
}

for (const [what, error] of Object.entries(NO_FALLBACK)) {
  Deno.test(`prepare() auto does not ask esm after ${what}`, async () => {
    await using world = await preparerWorld();
    world.npm.hooks.fetch = () => {
      throw error;
    };
    const request = { ...NPM, source: "auto" } as const;
    await assert.rejects(world.preparer.prepare(request, { signal: never() }), error);
    assert.equal(world.esm.counts.resolve, 0);
  });
}

Deno.test("prepare() auto keeps names of private registries away from esm", async () => {
  await using world = await preparerWorld({ allowsFallback: (name) => !name.startsWith("@corp/") });
  // Somebody made esm's package of that name be stored.
  const taken = { packageName: "@corp/secret", version: "1.0.0", source: "esm" } as const;
  (await world.preparer.prepare(taken, { signal: never() }))[Symbol.dispose]();
  world.npm.hooks.resolve = () => {
    throw notFound("@corp/secret");
  };
  const request = { ...taken, source: "auto" } as const;
  await assert.rejects(world.preparer.prepare(request, { signal: never() }), { stage: "resolve" });
});
