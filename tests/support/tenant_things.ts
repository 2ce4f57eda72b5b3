import { createAgent } from "../../accounts/agents/change_agent.ts";
import { bridgeOwner } from "../../accounts/bridges/bridge_record.ts";
import { addBridgeTool } from "../../accounts/bridges/collection_bridge_tools.ts";
import { enterBridge, keepOffered } from "../../accounts/bridges/enter_bridge.ts";
import { createCollection } from "../../accounts/collections/change_collection.ts";
import { addTool } from "../../accounts/collections/change_tools.ts";
import { createKey } from "../../accounts/keys/create_key.ts";
import { addServer } from "../../accounts/servers/change_server.ts";
import { storeSecret } from "../../accounts/secrets/store_secret.ts";
import { writeUsage } from "../../accounts/usage/write_usage.ts";
import type { AnySql } from "../../registry/database/database.ts";
import { pinFromCatalog } from "../../registry/pins/pin_from_catalog.ts";
import type { Caller } from "../../spec/account.ts";
import type { AccountsWorld } from "./accounts_world.ts";
import { insertTools } from "./sample_tools.ts";
import { sampleUsageRow } from "./sample_usage_row.ts";

/** Ids of what an account has of each kind. */
export interface TenantThings {
  readonly collectionId: string;
  readonly agentId: string;
  readonly keyId: string;
  readonly keyToken: string;
  readonly secretId: string;
  readonly grantId: string;
  readonly bridgeId: string;
  readonly bridgeToolId: string;
  readonly serverId: string;
  readonly toolId: string;
  readonly toolSlug: string;
  readonly packageName: string;
}

/**
 * Makes one of each thing for an account, all of it private, with `marker` in every text: for tests
 * only. `marker` is of lower-case letters.
 */
export async function makeTenantThings(
  { database, accounts: { masterKeys } }: Pick<AccountsWorld, "database" | "accounts">,
  caller: Caller,
  { marker }: { readonly marker: string },
): Promise<TenantThings> {
  const actor = { caller, requestId: marker };
  const toolId = `tool_${marker}`;
  await insertTools(database, [{ id: toolId, owner: caller.tenant, visibility: "private" }]);
  const { sql } = database;
  const made = await sql.begin(async (tx: AnySql) => {
    const name = `Of ${marker}`;
    const description = `${marker} described`;
    const collection = await createCollection(tx, actor, { name, description });
    const place = { collectionId: collection.id, toolId };
    await addTool(tx, actor, { ...place, displayName: name, note: description });
    await pinFromCatalog(tx, { ...place, ownerId: caller.tenant, by: null });
    const agent = await createAgent(tx, actor, {
      ...{ name, description, instructions: description, model: marker },
      ...{ collectionIds: [collection.id], toolIds: [toolId] },
    });
    const key = await createKey(tx, actor, {
      ...{ name, scopes: ["tools:read"], collections: null, ceiling: {}, expiresAt: null },
    });
    const bridgeId = await enterBridge(tx, {
      ...{ owner: bridgeOwner(caller), name: marker, clientVersion: marker, os: marker },
      connectionId: marker,
    });
    const inputSchema = { type: "object", description };
    await keepOffered(tx, bridgeId, {
      servers: [{
        id: marker,
        name,
        tools: [{ name, description, inputSchema, outputSchema: null }],
      }],
    });
    const [bridgeTool] = await tx<{ id: string }[]>`
      select id from bridge_tool where bridge_id = ${bridgeId}`;
    const bridgeToolId = bridgeTool?.id ?? "";
    await addBridgeTool(tx, actor, {
      ...{ collectionId: collection.id, toolId: bridgeToolId, displayName: name, note: name },
    });
    const secret = await storeSecret(tx, actor, {
      ...{ name: `KEY_${marker}`, value: `${marker} value`, collectionId: null, masterKeys },
    });
    const server = await addServer(tx, actor, {
      ...{ collectionId: collection.id, masterKeys },
      wish: {
        ...{ name: marker, url: `https://${marker}.example/mcp` },
        headers: { authorization: `Bearer ${marker}` },
      },
    });
    return {
      serverId: server.id,
      collectionId: collection.id,
      agentId: agent.id,
      keyId: key.row.id,
      keyToken: key.token,
      secretId: secret.id,
      ...{ bridgeId, bridgeToolId },
    };
  });
  await writeUsage(sql, [
    sampleUsageRow({ owner_id: caller.tenant, tool_name: marker, package_name: `p-${marker}` }),
  ]);
  const grantId = `grt_${marker}`;
  await sql`
    insert into oauth_grant (id, owner_id, tier, client_id, client_name, redirect_host, endpoint,
      resource, redeemed_at)
    values (${grantId}, ${caller.tenant}, 'FREE', ${`cli_${marker}`}, ${marker}, ${marker}, '/mcp',
      ${marker}, now())`;
  await sql`
    insert into log_setting (owner_id, keep_params) values (${caller.tenant}, true)`;
  return {
    ...made,
    grantId,
    toolId,
    toolSlug: `tool-${marker}-echo`,
    packageName: `tool-${marker}`,
  };
}
