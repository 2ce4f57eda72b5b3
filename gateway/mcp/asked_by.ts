import type { McpAsking } from "../../spec/mcp_asking.ts";

/**
 * Asks a client on behalf of one server of several. A person sees one connection, ours: who is really
 * asking stands in the message, or a server could ask in another's name.
 */
export function askedBy(serverName: string, client: McpAsking): McpAsking["ask"] {
  return (question, signal) => {
    const { method, params } = question;
    const { message } = params;
    const isShown = method === "elicitation/create" && typeof message === "string";
    const said = isShown ? { ...params, message: `[${serverName}] ${message}` } : params;
    return client.ask({ method, params: said }, signal);
  };
}
