import assert from "node:assert/strict";
import { ROUTE_SCOPES } from "../gateway/routes/api/route_scopes.ts";
import { fakeCli } from "./support/fake_cli.ts";

/** The command that does what a route does. */
const COMMANDS: Readonly<Record<string, string>> = {
  "GET /health": "doctor",
  "POST /execute-tool": "exec",
  "POST /describe-tool": "describe",
  "POST /load-and-describe": "describe",
  "POST /list-exports": "describe",
  "GET /tools/:ref/runtimes": "describe",
  "POST /artifacts/wasm": "tools bring",
  "GET /api/tools": "tools ls",
  "GET /api/tools/search": "tools search",
  "GET /api/tools/:id": "tools show",
  "GET /api/tools/:id/versions": "tools versions",
  "GET /api/tools/:id/health": "tools health",
  "GET /api/tools/:id/opinion": "tools opinion",
  "PUT /api/tools/:id/like": "tools like",
  "DELETE /api/tools/:id/like": "tools unlike",
  "PUT /api/tools/:id/rating": "tools rate",
  "PUT /api/tools/:id/review": "tools review",
  "DELETE /api/tools/:id/review": "tools unreview",
  "GET /api/activity": "tools activity",
  "POST /api/tools": "tools bring",
  "PATCH /api/tools/:id": "tools publish",
  "DELETE /api/tools/:id": "tools rm",
  "POST /api/tools/execute/:slug": "tools call",
  "POST /api/packages": "add",
  "GET /api/keys": "keys ls",
  "POST /api/keys": "keys create",
  "GET /api/keys/:id": "keys ls",
  "DELETE /api/keys/:id": "keys revoke",
  "POST /api/keys/:id/rotate": "keys rotate",
  "GET /api/grants": "grants ls",
  "DELETE /api/grants/:id": "grants revoke",
  "GET /api/secrets": "secrets ls",
  "PUT /api/secrets": "secrets set",
  "DELETE /api/secrets/:id": "secrets rm",
  "GET /api/collections": "collections ls",
  "POST /api/collections": "collections create",
  "GET /api/collections/:id": "collections show",
  "PATCH /api/collections/:id": "collections change",
  "DELETE /api/collections/:id": "collections rm",
  "PUT /api/collections/:id/like": "collections like",
  "DELETE /api/collections/:id/like": "collections unlike",
  "GET /api/collections/:id/tools": "collections tools ls",
  "POST /api/collections/:id/tools": "collections tools add",
  "PUT /api/collections/:id/tools": "collections tools order",
  "POST /api/collections/:id/call": "collections call",
  "PATCH /api/collections/:id/tools/:toolId": "collections tools change",
  "DELETE /api/collections/:id/tools/:toolId": "collections tools rm",
  "GET /api/collections/:id/secrets": "secrets ls",
  "PUT /api/collections/:id/secrets": "secrets set",
  "DELETE /api/collections/:id/secrets/:secretId": "secrets rm",
  "GET /api/collections/:id/bridge-tools": "collections bridge-tools ls",
  "POST /api/collections/:id/bridge-tools": "collections bridge-tools add",
  "DELETE /api/collections/:id/bridge-tools/:toolId": "collections bridge-tools rm",
  "GET /api/bridge": "bridge start",
  "POST /api/bridge": "bridge start",
  "GET /api/user/bridge": "collections bridge-tools known",
  "GET /api/collections/:id/servers": "mcp ls",
  "POST /api/collections/:id/servers": "mcp add",
  "PATCH /api/collections/:id/servers/:serverId": "mcp change",
  "DELETE /api/collections/:id/servers/:serverId": "mcp rm",
  "POST /api/collections/:id/servers/:serverId/test": "mcp test",
  "POST /api/collections/:id/servers/:serverId/accept": "mcp accept",
  "GET /api/collections/:id/servers/:serverId/sign-in": "mcp test",
  "POST /api/collections/:id/servers/:serverId/sign-in": "mcp sign-in",
  "DELETE /api/collections/:id/servers/:serverId/sign-in": "mcp sign-out",
  "POST /api/collections/:id/servers/:serverId/sign-in/finish": "mcp sign-in",
  "GET /api/agents": "agents ls",
  "POST /api/agents": "agents create",
  "GET /api/agents/:id": "agents show",
  "PATCH /api/agents/:id": "agents change",
  "DELETE /api/agents/:id": "agents rm",
  "POST /api/agents/:id/call": "agents call",
  "GET /api/usage": "usage sums",
  "GET /api/usage/calls": "usage calls",
  "GET /api/usage/export": "usage export",
  "GET /api/collections/:id/pins": "pins ls",
  "GET /api/collections/:id/pins/:tool/diff": "pins diff",
  "POST /api/collections/:id/pins/:tool/check": "pins check",
  "POST /api/collections/:id/pins/:tool/accept": "pins accept",
  "POST /api/collections/:id/pins/:tool/reject": "pins reject",
  // Sets it, and checks it before that in the same way.
  "POST /api/executors/check": "collections change",
  "GET /api/account/log": "usage log",
  "PUT /api/account/log": "usage log",
  "GET /api/audit": "audit",
  "GET /api/sync": "sync status",
  "POST /api/sync/:job": "sync keyword",
  "GET /api/tiers": "tiers ls",
  "PUT /api/tiers": "tiers set",
  "GET /api/accounts/:id": "users ls",
  "PATCH /api/accounts/:id": "users set",
};

/** Routes that no command is for, and why. */
const NONE: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^GET \/docs/, "a page for browsers"],
  [/^GET \/openapi\.json$/, "describes routes, which commands are not"],
  [/^GET \/(?:pool|metrics)$/, "what a running gateway does at the moment: only it knows"],
  [/^GET \/api\/me$/, "whoever has the machine is its owner"],
  [/ (?:\/api)?\/mcp\/?/, "MCP, which `airlock mcp` speaks over stdin and stdout"],
  [/ \/(?:oauth|\.well-known)\//, "OAuth, for clients that come over the network"],
  [/ \/api\/auth\//, "sessions of browsers; `airlock users` looks after people"],
];

Deno.test("each route is done by a command, or says why none does it", async () => {
  const rows = Object.keys(ROUTE_SCOPES);
  for (const row of rows) {
    const reasons = NONE.filter(([pattern]) => pattern.test(row)).length;
    assert.equal(reasons + Number(Object.hasOwn(COMMANDS, row)), 1, `${row} needs one place here`);
  }
  for (const row of Object.keys(COMMANDS)) assert.ok(Object.hasOwn(ROUTE_SCOPES, row), row);
  for (const [pattern] of NONE) assert.ok(rows.some((row) => pattern.test(row)), `${pattern}`);
  for (const command of new Set(Object.values(COMMANDS))) {
    const cli = fakeCli();
    await cli.run(...command.split(" "), "--help");
    // Help of a command that is not there is that of what is above it.
    assert.match(cli.output.out, new RegExp(`^Usage: airlock ${command}[ \\n]`), command);
    assert.ok(!/\[command\]/.test(cli.output.out.split("\n")[0] ?? ""), `${command} is a group`);
  }
});
