import type { BetterAuthOptions } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { genericOAuth, organization } from "better-auth/plugins";
import { z } from "zod";
import { newId } from "../../registry/database/new_id.ts";
import { checkNames } from "./check_names.ts";
import type { Invited } from "./is_invited.ts";
import type { PeopleSettings } from "./people_settings.ts";

/** Shortest password; no other rule makes one better. */
export const MIN_PASSWORD_CHARACTERS = 12;

/** Longest password: hashing longer ones only costs time. */
const MAX_PASSWORD_CHARACTERS = 128;

/** Header in which the gateway says who is at the other end; what callers send in it is thrown away. */
export const ADDRESS_HEADER = "x-airlock-address";

const SESSION_SECONDS = 7 * 86_400;
const MINUTE_SECONDS = 60;

/** Short names of better-auth's models, for their ids. */
const PREFIXES: Readonly<Record<string, string>> = {
  user: "usr",
  session: "ses",
  account: "acc",
  verification: "ver",
  organization: "org",
  member: "mem",
  invitation: "inv",
  rateLimit: "rat",
};

/** What decides about users, beside settings. */
export interface AuthHooks {
  /** Whether the request that is being answered may create a user, who may have been invited. */
  readonly maySignUp: (invited: Invited | null) => Promise<boolean>;
  readonly onUserCreated: () => void;
}

const signUpSchema = z.object({
  body: z.object({ email: z.string().max(320) }),
  query: z.object({ invitation: z.string().max(64) }),
});

/** How better-auth works here. Its tables follow from this: see migration 0002. */
export function authOptions(settings: PeopleSettings, hooks: AuthHooks) {
  const { github, google, oidc } = settings.providers;
  return {
    appName: "Airlock",
    baseURL: settings.publicUrl,
    basePath: "/api/auth",
    secret: settings.secret,
    trustedOrigins: [...settings.origins],
    telemetry: { enabled: false },
    logger: { disabled: true },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: MIN_PASSWORD_CHARACTERS,
      maxPasswordLength: MAX_PASSWORD_CHARACTERS,
      revokeSessionsOnPasswordReset: true,
    },
    socialProviders: { ...(github && { github }), ...(google && { google }) },
    account: {
      encryptOAuthTokens: true,
      // An address at another provider proves nothing about who has the account here.
      accountLinking: { enabled: true, disableImplicitLinking: true },
    },
    session: { expiresIn: SESSION_SECONDS, cookieCache: { enabled: false } },
    rateLimit: {
      enabled: true,
      storage: "database",
      window: MINUTE_SECONDS,
      max: 100,
      customRules: {
        "/sign-in/*": { window: MINUTE_SECONDS, max: 5 },
        "/sign-up/*": { window: MINUTE_SECONDS, max: 5 },
        "/change-password": { window: MINUTE_SECONDS, max: 5 },
      },
    },
    advanced: {
      cookiePrefix: "airlock",
      useSecureCookies: settings.publicUrl.startsWith("https:"),
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax" },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: ({ model }) => newId(PREFIXES[model] ?? "row") },
    },
    hooks: {
      // Before anything is looked up: who may not sign up does not learn who has.
      before: createAuthMiddleware(async ({ path, body, query }) => {
        checkNames(path, body);
        if (path !== "/sign-up/email") return;
        const { data } = signUpSchema.safeParse({ body, query });
        const invited = data === undefined ? null : { ...data.body, ...data.query };
        if (!await hooks.maySignUp(invited)) throw signUpClosed();
      }),
    },
    databaseHooks: {
      user: {
        create: {
          // A provider that has proved the address lets in who was invited by it.
          before: async ({ email, emailVerified }) =>
            await hooks.maySignUp(emailVerified === true ? { email } : null) ? undefined : false,
          after: () => Promise.resolve(hooks.onUserCreated()),
        },
      },
    },
    plugins: [
      organization({
        allowUserToCreateOrganization: true,
        // Ids of invitations are random: who has one was given it. Nothing here sends mail.
        requireEmailVerificationOnInvitation: false,
      }),
      ...(oidc === undefined ? [] : [genericOAuth({ config: [{ providerId: "oidc", ...oidc }] })]),
    ],
  } satisfies BetterAuthOptions;
}

function signUpClosed(): APIError {
  return new APIError("FORBIDDEN", {
    code: "SIGN_UP_CLOSED",
    message: "sign up: accounts are made by admins, or for who is invited; ask for an invitation " +
      "and sign up with ?invitation=<id>",
  });
}
