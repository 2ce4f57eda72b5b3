// style-ok jsdoc: each export is the member of node:https that its name says.
/** `node:https`: its client. */
import { Agent, createClient } from "./http_client.ts";

export const { request, get } = createClient("https:");
export const globalAgent: Agent = new Agent();
export { Agent };
