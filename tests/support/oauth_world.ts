import assert from "node:assert/strict";
import { createCollection } from "../../accounts/collections/change_collection.ts";
import { addTool } from "../../accounts/collections/change_tools.ts";
import { OWNER_CALLER } from "../../accounts/owner_caller.ts";
import type { AnySql } from "../../registry/database/database.ts";
import { pinFromCatalog } from "../../registry/pins/pin_from_catalog.ts";
import type { Caller } from "../../spec/account.ts";
import { type AccountsWorld, WORLD_URL } from "./accounts_world.ts";
import { OauthPerson } from "./oauth_person.ts";
import { insertTools } from "./sample_tools.ts";

/** What a client registers, and what it then asks for. */
export const CALLBACK = "http://127.0.0.1/callback";
export const HERE = "http://127.0.0.1:4711/callback";
/** What it asks for access to. */
export const RESOURCE = `${WORLD_URL}/mcp/me/words`;
const LIST = { jsonrpc: "2.0", id: 1, method: "tools/list" };
const ACCEPT = { accept: "application/json, text/event-stream" };

/** Two collections, with a tool each. */
export async function fillWorld(
  { database }: AccountsWorld,
  owner: Caller = OWNER_CALLER,
): Promise<void> {
  const actor = { caller: owner, requestId: null };
  for (const name of ["Words", "Other"]) {
    const toolId = `tool_${name.toLowerCase()}_${owner.tenant}`;
    await insertTools(database, [{ id: toolId, owner: owner.tenant, visibility: "private" }]);
    await database.sql.begin(async (tx: AnySql) => {
      const { id: collectionId } = await createCollection(tx, actor, { name });
      await addTool(tx, actor, { collectionId, toolId, displayName: `Tool of ${name} <b>` });
      await pinFromCatalog(tx, { collectionId, toolId, ownerId: owner.tenant, by: null });
    });
  }
}

/** Somebody at a browser, and the client that sends them. */
export function personAt(world: AccountsWorld, cookie?: string): OauthPerson {
  const send = async (url: string, init?: RequestInit) =>
    await world.gateway.app.request(url, init);
  return new OauthPerson({ origin: WORLD_URL, send, ...(cookie !== undefined && { cookie }) });
}

/** What a client does first with its token. */
export const listTools = (world: AccountsWorld, key: string, path = "/mcp/me/words") =>
  world.ask(path, { key, body: LIST, headers: ACCEPT });

/** Lets a client of that person in. */
export async function letIn(person: OauthPerson, resource = RESOURCE) {
  const clientId = await person.register(CALLBACK);
  const back = await person.allow({ client_id: clientId, redirect_uri: HERE, resource });
  const code = back.searchParams.get("code") ?? "";
  const form = {
    ...{ grant_type: "authorization_code", code, client_id: clientId, redirect_uri: HERE },
    ...{ code_verifier: person.verifier, resource },
  };
  return { clientId, back, code, form };
}

/** The same up to its tokens. */
export async function tokensOf(person: OauthPerson, resource = RESOURCE) {
  const { clientId, form } = await letIn(person, resource);
  const { status, body } = await person.exchange(form);
  assert.equal(status, 200, JSON.stringify(body));
  return { clientId, access: body.access_token, refresh: body.refresh_token, form };
}
