import assert from "node:assert/strict";
import { peopleConfig } from "./people_config.ts";
import { VARIABLES } from "./variables.ts";

Deno.test("peopleConfig() has a provider only where both its id and its secret are set", () => {
  const idOnly = peopleConfig(VARIABLES.parse({ AIRLOCK_GITHUB_CLIENT_ID: "id" }));
  assert.equal(idOnly.github, undefined);
  const { github, signUp } = peopleConfig(
    VARIABLES.parse({ AIRLOCK_GITHUB_CLIENT_ID: "id", AIRLOCK_GITHUB_CLIENT_SECRET: "secret" }),
  );
  assert.deepEqual([github?.clientId, github?.clientSecret.reveal()], ["id", "secret"]);
  assert.equal(signUp, "closed");
});
