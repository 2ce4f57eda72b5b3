import { AsyncLocalStorage } from "node:async_hooks";
import { betterAuth } from "better-auth";
import { APIError } from "better-auth/api";
import { CompiledQuery, Kysely } from "kysely";
import { PostgresJSDialect } from "kysely-postgres-js";
import type { Sql } from "../../registry/database/database.ts";
import { z } from "zod";
import { AirlockError } from "../../spec/errors.ts";
import { ACTOR_SETTING, actorText } from "../audit/actor_setting.ts";
import type { Actor } from "../audit/write_audit.ts";
import { ADDRESS_HEADER, authOptions, MIN_PASSWORD_CHARACTERS } from "./auth_options.ts";
import { isInvited } from "./is_invited.ts";
import type { NewUser, People } from "./people.ts";
import type { PeopleSettings } from "./people_settings.ts";
import { callerOfSession } from "./session_caller.ts";

/** Options of {@linkcode openPeople}. */
export interface OpenPeopleOptions {
  readonly sql: Sql;
  readonly settings: PeopleSettings;
  /** Told when there is one more user. */
  readonly onUserCreated: () => void;
}

/** What goes with a request through better-auth. */
interface Permit {
  maySignUp: boolean;
  readonly actor: Actor | undefined;
}

const signedUp = z.object({ user: z.looseObject({ id: z.string() }) });

/** better-auth over our database. Loads 150 ms of code: import this file when somebody signs in. */
export function openPeople({ sql, settings, onUserCreated }: OpenPeopleOptions): People {
  const permits = new AsyncLocalStorage<Permit>();
  const dialect = new PostgresJSDialect({
    postgres: sql,
    async onReserveConnection(connection) {
      const permit = permits.getStore();
      if (permit === undefined) return;
      const text = "select set_config($1, $2, false)";
      const values = [ACTOR_SETTING, actorText(permit.actor)];
      await connection.executeQuery(CompiledQuery.raw(text, values));
    },
  });
  const auth = betterAuth({
    ...authOptions(settings, {
      async maySignUp(invited) {
        const permit = permits.getStore();
        if (permit === undefined) return false;
        permit.maySignUp ||= invited !== null && await isInvited(sql, invited);
        return permit.maySignUp;
      },
      onUserCreated,
    }),
    database: { db: new Kysely<unknown>({ dialect }), type: "postgres" },
  });
  const endSessions = (userId: string) => sql`delete from session where "userId" = ${userId}`;
  return {
    async handle(request, { address, caller, requestId }) {
      const headers = new Headers(request.headers);
      headers.delete(ADDRESS_HEADER);
      if (address !== undefined) headers.set(ADDRESS_HEADER, address);
      const maySignUp = settings.signUp === "open" || caller.scopes.has("admin");
      const response = await permits.run(
        { maySignUp, actor: { caller, requestId } },
        () => auth.handler(new Request(request, { headers })),
      );
      const isForAnother = new URL(request.url).pathname.endsWith("/sign-up/email") &&
        (caller.kind === "user" || caller.kind === "key");
      if (!isForAnother || !response.ok) return response;
      // Who makes an account for somebody else stays who they are.
      const { user } = signedUp.parse(await response.json());
      await endSessions(user.id);
      return Response.json({ token: null, user });
    },
    async findSession(token) {
      const cookie = `${await sessionCookieName(auth)}=${token}`;
      const found = await auth.api.getSession({
        headers: new Headers({ cookie }),
        query: { disableRefresh: true },
      });
      if (found === null) return null;
      return await callerOfSession(sql, {
        userId: found.user.id,
        organizationId: found.session.activeOrganizationId ?? null,
      });
    },
    async addUser(user, actor) {
      try {
        const made = await permits.run(
          { maySignUp: true, actor },
          () => auth.api.signUpEmail({ body: { ...user } }),
        );
        await endSessions(made.user.id);
        return { id: made.user.id };
      } catch (error) {
        if (error instanceof APIError) throw refusal(error, user);
        throw error;
      }
    },
  };
}

async function sessionCookieName(
  auth: {
    readonly $context: Promise<{ readonly authCookies: { sessionToken: { name: string } } }>;
  },
): Promise<string> {
  return (await auth.$context).authCookies.sessionToken.name;
}

function refusal(error: APIError, { password }: NewUser): AirlockError {
  const short = password.length < MIN_PASSWORD_CHARACTERS;
  const taken = error.body?.code?.startsWith("USER_ALREADY_EXISTS") ?? false;
  if (taken) {
    return new AirlockError("conflict", "add user: there is one with that address", {
      stage: "request",
      cause: error,
    });
  }
  return new AirlockError("invalid_input", "add user: address or password will not do", {
    stage: "request",
    suggestion: short
      ? `Choose a password of at least ${MIN_PASSWORD_CHARACTERS} characters.`
      : "Give an address such as ada@example.com.",
    cause: error,
  });
}
