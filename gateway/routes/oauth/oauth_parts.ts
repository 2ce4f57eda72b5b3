import { oauthRefusal } from "../../../accounts/oauth/oauth_refusal.ts";
import type { Accounts } from "../../../accounts/accounts.ts";
import { type OauthClient, readClient } from "../../../accounts/oauth/oauth_client.ts";
import type { GatewayOptions } from "../../gateway_options.ts";
import type { McpDesk } from "../../mcp/create_mcp_desk.ts";
import { ClientDocuments } from "../../oauth/client_documents.ts";

/** What routes of OAuth are made of. */
export interface OauthOptions extends GatewayOptions {
  readonly accounts: Accounts;
  readonly desk: () => Promise<McpDesk>;
}

/** Finds a client by what it calls its id. */
export type FindClient = (id: string) => Promise<OauthClient>;

/** Looks among those that registered, and for the document that an address names. */
export function createFindClient(
  { accounts, readDocument }: Pick<OauthOptions, "accounts" | "readDocument">,
): FindClient {
  const documents = new ClientDocuments({
    nowMs: () => performance.now(),
    read: readDocument ?? (async (url) => {
      const { readPublicJson } = await import("../../../runtime/egress/read_public_json.ts");
      return await readPublicJson(url);
    }),
  });
  return async (id) => {
    if (id.includes(":")) return await documents.find(id);
    const client = /^cli_[0-9A-Za-z]{22}$/.test(id) ? await readClient(accounts.sql, id) : null;
    if (client !== null) return client;
    throw oauthRefusal("invalid_client", "there is no such client", {
      suggestion: "Register again.",
    });
  };
}
