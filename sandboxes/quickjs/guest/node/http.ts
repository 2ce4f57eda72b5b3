// style-ok jsdoc: each export is the member of node:http that its name says.
/** `node:http`: its client. */
import {
  Agent,
  ClientRequest,
  createClient,
  IncomingMessage,
  validateHeaderName,
  validateHeaderValue,
} from "./http_client.ts";

export const { request, get } = createClient("http:");
export const globalAgent: Agent = new Agent();
export { Agent, ClientRequest, IncomingMessage, validateHeaderName, validateHeaderValue };
