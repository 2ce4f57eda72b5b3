import type { z } from "zod";
import type { Secret } from "./secret.ts";
import type { VARIABLES } from "./variables.ts";

/** How people sign in. */
export interface PeopleConfig {
  readonly signUp: "open" | "closed";
  readonly authSecret: Secret | undefined;
  readonly github: SignInClient | undefined;
  readonly google: SignInClient | undefined;
  readonly oidc: (SignInClient & { readonly discoveryUrl: string }) | undefined;
}

/** This installation as a provider of accounts knows it. */
export interface SignInClient {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** How people sign in, from the variables. */
export function peopleConfig(values: z.output<typeof VARIABLES>): PeopleConfig {
  const client = (clientId: string | undefined, clientSecret: Secret | undefined) =>
    clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret };
  const oidc = client(values.AIRLOCK_OIDC_CLIENT_ID, values.AIRLOCK_OIDC_CLIENT_SECRET);
  const discoveryUrl = values.AIRLOCK_OIDC_DISCOVERY_URL;
  return {
    signUp: values.AIRLOCK_SIGN_UP,
    authSecret: values.AIRLOCK_AUTH_SECRET,
    github: client(values.AIRLOCK_GITHUB_CLIENT_ID, values.AIRLOCK_GITHUB_CLIENT_SECRET),
    google: client(values.AIRLOCK_GOOGLE_CLIENT_ID, values.AIRLOCK_GOOGLE_CLIENT_SECRET),
    oidc: oidc === undefined || discoveryUrl === undefined ? undefined : { ...oidc, discoveryUrl },
  };
}
