import type { OpenAPIHono } from "@hono/zod-openapi";
import type { GatewayEnv } from "../../gateway_env.ts";
import type { ApiOptions } from "./api_parts.ts";
import { addAccountLog } from "./account_log.ts";
import { addAccounts } from "./accounts.ts";
import { addAgents } from "./agents.ts";
import { addAudit } from "./audit.ts";
import { addAuth } from "./auth.ts";
import { addCallAgent } from "./call_agent.ts";
import { addCollectionBridgeTools } from "./collection_bridge_tools.ts";
import { addCallCollection } from "./call_collection.ts";
import { addCollections } from "./collections.ts";
import { addCollectionSecrets } from "./collection_secrets.ts";
import { addCollectionTools } from "./collection_tools.ts";
import { addExecutors } from "./executors.ts";
import { addGrants } from "./grants.ts";
import { addKeys } from "./keys.ts";
import { addPins } from "./pins.ts";
import { addSecrets } from "./secrets.ts";
import { addServerSignIn } from "./server_sign_in.ts";
import { addServers } from "./servers.ts";
import { addTiers } from "./tiers.ts";
import { addUsage } from "./usage.ts";

/** Everything below `/api` that needs a database. */
export function addApi(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  addKeys(app, options);
  addGrants(app, options);
  addSecrets(app, options);
  addCollections(app, options);
  addCollectionTools(app, options);
  addCollectionBridgeTools(app, options);
  addCollectionSecrets(app, options);
  addServers(app, options);
  addServerSignIn(app, options);
  addCallCollection(app, options);
  addAgents(app, options);
  addCallAgent(app, options);
  addExecutors(app, options);
  addUsage(app, options);
  addAccountLog(app, options);
  addPins(app, options);
  addAudit(app, options);
  addTiers(app, options);
  addAccounts(app, options);
  addAuth(app, options);
}
