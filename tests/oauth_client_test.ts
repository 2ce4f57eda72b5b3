import assert from "node:assert/strict";
import {
  Client,
  type OAuthClientInformationMixed,
  type OAuthClientProvider,
  type OAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import { createCollection } from "../accounts/collections/change_collection.ts";
import { addTool } from "../accounts/collections/change_tools.ts";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import type { AnySql } from "../registry/database/database.ts";
import { migrate } from "../registry/database/migrate.ts";
import { openDatabase } from "../registry/database/open_database.ts";
import { pinFromCatalog } from "../registry/pins/pin_from_catalog.ts";
import { Browser, findBrowser } from "./support/browser.ts";
import { insertTools } from "./support/sample_tools.ts";
import { ServedGateway } from "./support/served_gateway.ts";
import { createServerDatabase } from "./support/test_database.ts";

const EMAIL = "ada@example.com";
const PASSWORD = "a long password";
const browserProgram = await findBrowser(Deno.env.get("PATH") ?? "");

/** A collection with a tool, and somebody who may sign in. */
async function fill(url: string): Promise<void> {
  await using database = await openDatabase({ url, directory: undefined });
  await migrate(database);
  const actor = { caller: OWNER_CALLER, requestId: null };
  const { tenant } = OWNER_CALLER;
  await insertTools(database, [{ id: "tool_words", owner: tenant, visibility: "private" }]);
  await database.sql.begin(async (tx: AnySql) => {
    const { id: collectionId } = await createCollection(tx, actor, { name: "Words" });
    await addTool(tx, actor, { collectionId, toolId: "tool_words", displayName: "Count words" });
    await pinFromCatalog(tx, { collectionId, toolId: "tool_words", ownerId: tenant, by: null });
  });
}

async function addUser(databaseUrl: string, dataDirectory: string): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "-A", "main.ts", "users", "add", EMAIL],
    env: { AIRLOCK_DATABASE_URL: databaseUrl, AIRLOCK_DATA_DIR: dataDirectory },
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${PASSWORD}\n`));
  await writer.close();
  const { success, stderr } = await child.output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** What a client of the SDK keeps, and the page that it would open. */
class KeptProvider implements OAuthClientProvider {
  information: OAuthClientInformationMixed | undefined;
  kept: OAuthTokens | undefined;
  page: URL | undefined;
  #verifier = "";

  constructor(readonly redirectUrl: string) {}

  get clientMetadata() {
    return { client_name: "SDK client", redirect_uris: [this.redirectUrl] };
  }
  state() {
    return "state-of-the-client";
  }
  clientInformation() {
    return this.information;
  }
  saveClientInformation(information: OAuthClientInformationMixed) {
    this.information = information;
  }
  tokens() {
    return this.kept;
  }
  saveTokens(tokens: OAuthTokens) {
    this.kept = tokens;
  }
  redirectToAuthorization(url: URL) {
    this.page = url;
  }
  saveCodeVerifier(verifier: string) {
    this.#verifier = verifier;
  }
  codeVerifier() {
    return this.#verifier;
  }
}

const newClient = () => new Client({ name: "test", version: "1.0.0" });

/** Waits on the person's machine for the browser to come back. */
function listenForReturn() {
  const came = Promise.withResolvers<URL>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, ({ url }) => {
    if (new URL(url).pathname === "/callback") came.resolve(new URL(url));
    return new Response("<h1>Connected</h1>", { headers: { "content-type": "text/html" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/callback`,
    came: came.promise,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test({
  name: "a client of the SDK signs in by URL alone, with a person at a browser" +
    (browserProgram === undefined ? " (there is no browser)" : ""),
  // Only where there is no browser, which the name then says.
  ignore: browserProgram === undefined,
  async fn(t) {
    const dataDirectory = await Deno.makeTempDir({ prefix: "airlock-oauth-" });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(dataDirectory, { recursive: true }));
    const { url: databaseUrl } = stack.use(await createServerDatabase());
    await fill(databaseUrl);
    await addUser(databaseUrl, dataDirectory);
    const gateway = stack.use(
      await ServedGateway.start({ dataDirectory, env: { AIRLOCK_DATABASE_URL: databaseUrl } }),
    );
    const back = stack.use(listenForReturn());
    const browser = stack.use(await Browser.start(browserProgram!));
    const endpoint = new URL(`${gateway.url}/mcp/me/words`);
    const provider = new KeptProvider(back.url);

    await t.step("it is turned away, and finds where to go", async () => {
      const transport = new StreamableHTTPClientTransport(endpoint, { authProvider: provider });
      await assert.rejects(newClient().connect(transport), UnauthorizedError);
      assert.equal(provider.page?.pathname, "/oauth/authorize");
      assert.match(provider.information?.client_id ?? "", /^cli_/);
    });
    await t.step("the person signs in, sees what it gets, and allows it", async () => {
      await using page = await browser.newPage();
      await page.show(provider.page!.href);
      await page.until(`document.querySelector("input[type=password]")`);
      await page.evaluate(`{
        document.querySelector("input[name=email]").value = ${JSON.stringify(EMAIL)};
        document.querySelector("input[name=password]").value = ${JSON.stringify(PASSWORD)};
        document.querySelector("button.main").click();
      }`);
      await page.until(`document.querySelector("button[value=allow]")`);
      const text = String(await page.evaluate("document.body.innerText"));
      for (const word of ["SDK client", "Count words", new URL(back.url).host, EMAIL]) {
        assert.ok(text.includes(word), text);
      }
      // Its style has arrived, and nothing is cut off.
      const styled = `getComputedStyle(document.querySelector(".buttons")).display`;
      assert.equal(await page.evaluate(styled), "flex");
      const wide = `document.documentElement.scrollWidth <= innerWidth`;
      assert.equal(await page.evaluate(wide), true);
      await page.evaluate(`document.querySelector("button[value=allow]").click()`);
      const { searchParams } = await back.came;
      assert.equal(searchParams.get("state"), "state-of-the-client");
      assert.equal(searchParams.get("iss"), gateway.url);
      assert.deepEqual(page.complaints.filter((one) => !one.includes("favicon")), []);
      const transport = new StreamableHTTPClientTransport(endpoint, { authProvider: provider });
      await transport.finishAuth(searchParams);
      assert.match(provider.kept?.access_token ?? "", /^airlock_at_/);
    });
    await t.step("with its token it is served", async () => {
      const client = newClient();
      const transport = new StreamableHTTPClientTransport(endpoint, { authProvider: provider });
      await client.connect(transport);
      const { tools } = await client.listTools();
      assert.deepEqual(tools.map(({ title }) => title), ["Count words"]);
      await client.close();
    });
    await t.step("when that has expired, it goes on by itself", async () => {
      const before = provider.kept!;
      await using database = await openDatabase({ url: databaseUrl, directory: undefined });
      await database.sql`update oauth_token set expires_at = now() where kind = 'access'`;
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      const client = newClient();
      const transport = new StreamableHTTPClientTransport(endpoint, { authProvider: provider });
      await client.connect(transport);
      assert.equal((await client.listTools()).tools.length, 1);
      await client.close();
      assert.notEqual(provider.kept?.access_token, before.access_token);
      assert.notEqual(provider.kept?.refresh_token, before.refresh_token);
    });
    await t.step("another endpoint does not take it", async () => {
      const other = await fetch(`${gateway.url}/mcp`, {
        headers: { authorization: `Bearer ${provider.kept?.access_token}` },
      });
      await other.body?.cancel();
      assert.equal(other.status, 401);
    });
  },
});
