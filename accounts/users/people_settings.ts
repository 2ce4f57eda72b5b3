/** Name and password of this installation with a provider of accounts. */
export interface ProviderClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A provider that follows OpenID Connect. */
export interface OidcProvider extends ProviderClient {
  /** Of its `.well-known/openid-configuration`. */
  readonly discoveryUrl: string;
}

/** How people sign in. */
export interface PeopleSettings {
  /** Where browsers reach the gateway, without a path. */
  readonly publicUrl: string;
  /** What sessions are signed with: at least 32 characters. */
  readonly secret: string;
  /** Origins beside the gateway's own whose pages may sign people in. */
  readonly origins: readonly string[];
  /** `closed`: users are created by whoever looks after the installation. */
  readonly signUp: "open" | "closed";
  readonly providers: {
    readonly github?: ProviderClient;
    readonly google?: ProviderClient;
    readonly oidc?: OidcProvider;
  };
}
