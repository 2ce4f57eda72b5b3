import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import { MCP_ABILITIES, type McpAbility } from "../../spec/mcp_asking.ts";

/** What a client that declares these capabilities can be asked. Before modes, forms were all there was. */
export function abilitiesOf(capabilities: unknown): readonly McpAbility[] {
  if (!isJsonObject(capabilities)) return [];
  const { elicitation, sampling } = capabilities;
  const found = new Set<McpAbility>();
  if (isJsonObject(elicitation)) {
    const { form, url } = elicitation;
    if (isJsonObject(url)) found.add("url");
    if (isJsonObject(form) || Object.keys(elicitation).length === 0) found.add("form");
  }
  if (isJsonObject(sampling)) {
    found.add("sampling");
    if (isJsonObject(sampling["tools"])) found.add("tools");
    if (isJsonObject(sampling["context"])) found.add("context");
  }
  return MCP_ABILITIES.filter((ability) => found.has(ability));
}

/** What is declared on behalf of a client with these abilities: {@linkcode abilitiesOf}, undone. */
export function capabilitiesOf(abilities: readonly McpAbility[]): JsonObject {
  const member = (...names: McpAbility[]): JsonObject =>
    Object.fromEntries(names.filter((name) => abilities.includes(name)).map((name) => [name, {}]));
  const elicitation = member("form", "url");
  const isAsked = Object.keys(elicitation).length > 0;
  return {
    ...(isAsked && { elicitation }),
    ...(abilities.includes("sampling") && { sampling: member("tools", "context") }),
  };
}

/** A letter for each ability, as they stand in ids of sessions. */
const LETTERS: Readonly<Record<McpAbility, string>> = {
  ...{ form: "f", url: "u", sampling: "s", tools: "t", context: "c" },
};

const SESSION_ID = /^[0-9a-f-]{36}\.([a-z]{1,5})$/;

/**
 * A new id for a session. What the client can be asked stands in it, so that no gateway has to remember
 * it; whoever makes one up deceives nobody but itself.
 */
export function newSessionId(abilities: readonly McpAbility[]): string {
  const letters = abilities.map((ability) => LETTERS[ability]).join("");
  return letters === "" ? crypto.randomUUID() : `${crypto.randomUUID()}.${letters}`;
}

/** What the client of a session can be asked. */
export function sessionAbilities(sessionId: string): readonly McpAbility[] {
  const letters = SESSION_ID.exec(sessionId)?.[1] ?? "";
  return MCP_ABILITIES.filter((ability) => letters.includes(LETTERS[ability]));
}
