import type { AccountsWorld } from "./accounts_world.ts";
import { DevicePerson } from "./device_person.ts";
import type { Loosening } from "./loosened_build.ts";
import type { OauthPerson } from "./oauth_person.ts";
import type * as world from "./oauth_world.ts";

/** A gateway with two collections, and what people and clients do with it. */
export interface AttackedWorld {
  readonly world: AccountsWorld;
  readonly tools: typeof world;
}

/** One attack on signing in, and the line that is in its way. */
export interface OauthAttack {
  readonly name: string;
  /** `LOOSENED` in it stands for whether the line is to be there or not. */
  readonly loosening: Loosening;
  /** Tries it. @returns Whether it worked. */
  readonly run: (attacked: AttackedWorld) => Promise<boolean>;
}

const EVIL = "https://evil.example/callback";

/** Attacks that have to fail on the program as it is, and to work without the line. */
export const OAUTH_ATTACKS: readonly OauthAttack[] = [
  {
    name: "a code without its proof",
    loosening: {
      file: "accounts/oauth/redeem_code.ts",
      from: "isVerifierOf(row.code_challenge, exchange.verifier)",
      to: "(LOOSENED || isVerifierOf(row.code_challenge, exchange.verifier))",
    },
    async run({ world, tools: { letIn, personAt } }) {
      const { form } = await letIn(personAt(world));
      const thief = personAt(world);
      return (await thief.exchange({ ...form, code_verifier: thief.verifier })).status === 200;
    },
  },
  {
    name: "a code of another client",
    loosening: {
      file: "accounts/oauth/redeem_code.ts",
      from: "row.client_id === exchange.clientId &&",
      to: "(LOOSENED || row.client_id === exchange.clientId) &&",
    },
    async run({ world, tools: { CALLBACK, letIn, personAt } }) {
      const person = personAt(world);
      const { form } = await letIn(person);
      const client_id = await person.register(CALLBACK);
      return (await person.exchange({ ...form, client_id })).status === 200;
    },
  },
  {
    name: "a code twice",
    loosening: {
      file: "accounts/oauth/redeem_code.ts",
      from: "if (row.redeemed_at !== null) {",
      to: "if (!LOOSENED && row.redeemed_at !== null) {",
    },
    async run({ world, tools: { personAt, tokensOf } }) {
      const person = personAt(world);
      const { form } = await tokensOf(person);
      return (await person.exchange(form)).status === 200;
    },
  },
  {
    name: "a refresh token twice",
    loosening: {
      file: "accounts/oauth/refresh_tokens.ts",
      from: "if (row.used_at !== null) {",
      to: "if (!LOOSENED && row.used_at !== null) {",
    },
    async run({ world, tools: { personAt, tokensOf } }) {
      const person = personAt(world);
      const { clientId: client_id, refresh: refresh_token } = await tokensOf(person);
      const form = { grant_type: "refresh_token", client_id, refresh_token };
      await person.exchange(form);
      return (await person.exchange(form)).status === 200;
    },
  },
  {
    name: "an address that was not registered",
    loosening: {
      file: "accounts/oauth/redirect_uri.ts",
      from: "return one !== undefined && one === other;",
      to: "return LOOSENED || (one !== undefined && one === other);",
    },
    async run({ world, tools: { CALLBACK, personAt, RESOURCE } }) {
      const person = personAt(world);
      const client_id = await person.register(CALLBACK);
      const query = person.asking({ client_id, redirect_uri: EVIL, resource: RESOURCE });
      return (await person.open(query)).status === 200;
    },
  },
  {
    name: "a request without S256",
    loosening: {
      file: "gateway/routes/oauth/client_request.ts",
      from: 'requireParameter(parameters, "code_challenge_method") !== "S256"',
      to: '!LOOSENED && requireParameter(parameters, "code_challenge_method") !== "S256"',
    },
    async run({ world, tools: { CALLBACK, HERE, personAt, RESOURCE } }) {
      const person = personAt(world);
      const client_id = await person.register(CALLBACK);
      const asked = { client_id, redirect_uri: HERE, resource: RESOURCE };
      const query = person.asking({ ...asked, code_challenge_method: "plain" });
      return (await person.open(query)).status === 200;
    },
  },
  {
    name: "a token at another route",
    loosening: {
      file: "gateway/middleware/authenticate.ts",
      from: "if (caller.endpoint !== undefined &&",
      to: "if (!LOOSENED && caller.endpoint !== undefined &&",
    },
    async run({ world, tools: { personAt, tokensOf } }) {
      const { access } = await tokensOf(personAt(world));
      const answer = await world.ask("/api/me", { key: access });
      await answer.body?.cancel();
      return answer.status === 200;
    },
  },
  {
    name: "a token for a collection that took over a name",
    loosening: {
      file: "accounts/oauth/token_verifier.ts",
      from: "collections: collectionId === null ? null : [collectionId],",
      to: "collections: LOOSENED || collectionId === null ? null : [collectionId],",
    },
    async run({ world, tools: { listTools, personAt, tokensOf } }) {
      const { access } = await tokensOf(personAt(world));
      const { sql } = world.database;
      await sql`update collection set slug = 'gone' where slug = 'words'`;
      await sql`update collection set slug = 'words' where slug = 'other'`;
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      const answer = await listTools(world, access);
      await answer.body?.cancel();
      await sql`update collection set slug = 'other' where slug = 'words'`;
      await sql`update collection set slug = 'words' where slug = 'gone'`;
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      return answer.status === 200;
    },
  },
  {
    name: "a grant that was revoked",
    loosening: {
      file: "accounts/oauth/token_verifier.ts",
      from: "and held.kind = 'access' and allowed.revoked_at is null`;",
      to: "and held.kind = 'access' and (${LOOSENED}::boolean or allowed.revoked_at is null)`;",
    },
    async run({ world, tools: { listTools, personAt, tokensOf } }) {
      const { access } = await tokensOf(personAt(world));
      await world.database.sql`update oauth_grant set revoked_at = now()`;
      const answer = await listTools(world, access);
      await answer.body?.cancel();
      return answer.status === 200;
    },
  },
  {
    name: "an answer to another's question",
    loosening: {
      file: "accounts/oauth/authorization.ts",
      from: "and owner_id = ${tenant} and user_id is not distinct from ${userId}",
      to:
        "and (${LOOSENED}::boolean or (owner_id = ${tenant} and user_id is not distinct from ${userId}))",
    },
    async run({ world, tools: { CALLBACK, HERE, personAt, RESOURCE } }) {
      const person: OauthPerson = personAt(world);
      const client_id = await person.register(CALLBACK);
      const { text } = await person.open(
        person.asking({ client_id, redirect_uri: HERE, resource: RESOURCE }),
      );
      await world.database.sql`update oauth_authorization set owner_id = 'ten_b'`;
      return (await person.press(text, "allow")).status === 200;
    },
  },
  {
    name: "an answer to a question about a machine that another was shown",
    loosening: {
      file: "accounts/device/decide_device_login.ts",
      from: "and owner_id = ${tenant} and user_id is not distinct from ${userId}",
      to:
        "and (${LOOSENED}::boolean or (owner_id = ${tenant} and user_id is not distinct from ${userId}))",
    },
    async run({ world }) {
      const person = new DevicePerson(world);
      const { text } = await person.open((await person.ask()).body.user_code);
      await world.database.sql`update device_login set owner_id = 'ten_b'`;
      return (await person.press(text, "allow")).status === 200;
    },
  },
  {
    name: "opening what another was shown",
    loosening: {
      file: "accounts/device/open_device_login.ts",
      from: "and (owner_id is null",
      to: "and (${LOOSENED}::boolean or owner_id is null",
    },
    async run({ world }) {
      const person = new DevicePerson(world);
      const { user_code } = (await person.ask()).body;
      await person.open(user_code);
      await world.database.sql`update device_login set owner_id = 'ten_b'`;
      return (await person.open(user_code)).status === 200;
    },
  },
  {
    name: "guessing the codes of machines",
    loosening: {
      file: "accounts/device/open_device_login.ts",
      from: "if (row === undefined || row.misses <= MAX_MISSES) return;",
      to: "if (LOOSENED || row === undefined || row.misses <= MAX_MISSES) return;",
    },
    async run({ world }) {
      const person = new DevicePerson(world);
      for (let miss = 0; miss < 10; miss++) await person.open("BBBB-CCCC");
      const { status } = await person.open((await person.ask()).body.user_code);
      await world.database.sql`delete from device_miss`;
      return status === 200;
    },
  },
  {
    name: "what a machine came with, twice",
    loosening: {
      file: "accounts/device/redeem_device.ts",
      from: "if (row.redeemed_at !== null) {",
      to: "if (!LOOSENED && row.redeemed_at !== null) {",
    },
    async run({ world }) {
      const person = new DevicePerson(world);
      const { device_code } = await person.logIn();
      return (await person.poll(device_code)).status === 200;
    },
  },
];
