/** What a {@linkcode FakeAuthorization} was asked for a token with. */
export interface TokenRequest {
  readonly form: URLSearchParams;
  readonly authorization: string | null;
}

/** An authorisation server that lets everybody in at once: for tests only. */
export class FakeAuthorization implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #codes = new Map<string, { readonly who: string; readonly challenge: string }>();
  /** By access token, whose it is. */
  readonly tokens = new Map<string, string>();
  readonly #refreshTokens = new Map<string, string>();
  readonly tokenRequests: TokenRequest[] = [];
  readonly revoked: string[] = [];
  /** In place of what its metadata says. */
  metadata: Readonly<Record<string, unknown>> = {};
  expiresInSeconds = 3_600;

  constructor({ port = 0 }: { readonly port?: number } = {}) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      (request) => this.#handle(request),
    );
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Does what a browser does at an address: somebody allows it. @returns Where that leads back to. */
  allow(address: string, who: string): URL {
    const { searchParams: asked } = new URL(address);
    const code = crypto.randomUUID();
    this.#codes.set(code, { who, challenge: asked.get("code_challenge") ?? "" });
    const back = new URL(asked.get("redirect_uri") ?? "");
    const state = asked.get("state") ?? "";
    back.search = String(new URLSearchParams({ code, state, iss: this.issuer }));
    return back;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/.well-known/oauth-authorization-server") {
      const { issuer } = this;
      return Response.json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        registration_endpoint: `${issuer}/register`,
        revocation_endpoint: `${issuer}/revoke`,
        response_types_supported: ["code"],
        code_challenge_methods_supported: ["S256"],
        authorization_response_iss_parameter_supported: true,
        ...this.metadata,
      });
    }
    if (pathname === "/register") {
      return Response.json({ ...await request.json(), client_id: "client_1" }, { status: 201 });
    }
    const form = new URLSearchParams(await request.text());
    if (pathname === "/revoke") {
      this.revoked.push(form.get("token") ?? "");
      return new Response();
    }
    if (pathname !== "/token") return new Response(null, { status: 404 });
    this.tokenRequests.push({ form, authorization: request.headers.get("authorization") });
    const who = await this.#whoHas(form);
    if (who === undefined) return Response.json({ error: "invalid_grant" }, { status: 400 });
    return Response.json(this.#tokensFor(who));
  }

  /** A code is good once, with its verifier; so is a refresh token. */
  async #whoHas(form: URLSearchParams): Promise<string | undefined> {
    if (form.get("grant_type") === "refresh_token") {
      const token = form.get("refresh_token") ?? "";
      const who = this.#refreshTokens.get(token);
      this.#refreshTokens.delete(token);
      return who;
    }
    const code = this.#codes.get(form.get("code") ?? "");
    this.#codes.delete(form.get("code") ?? "");
    const verifier = new TextEncoder().encode(form.get("code_verifier") ?? "");
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", verifier));
    const challenge = digest.toBase64({ alphabet: "base64url", omitPadding: true });
    return code?.challenge === challenge ? code.who : undefined;
  }

  #tokensFor(who: string) {
    const [access, refresh] = [`at-${crypto.randomUUID()}`, `rt-${crypto.randomUUID()}`];
    this.tokens.set(access, who);
    this.#refreshTokens.set(refresh, who);
    return {
      ...{ access_token: access, refresh_token: refresh, token_type: "Bearer" },
      expires_in: this.expiresInSeconds,
    };
  }
}
