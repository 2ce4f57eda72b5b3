import { AirlockError } from "../../../spec/errors.ts";

/** A server, or who lets people in there, does not do as OAuth says. */
export function signInFailed(state: string): AirlockError {
  return new AirlockError("upstream_failed", `sign in to MCP server: ${state}`, {
    stage: "request",
    suggestion: "Ask whoever runs the server, or send it headers instead.",
    retryable: false,
  });
}

/** Which server, for whoever is to sign in there. */
export interface SignInPlace {
  readonly collectionId: string;
  readonly serverId: string;
  readonly name: string;
}

/** A server wants somebody to sign in who has not done so, or not for long enough. */
export function signInRequired({ collectionId, serverId, name }: SignInPlace): AirlockError {
  const signIn = `/api/collections/${collectionId}/servers/${serverId}/sign-in`;
  return new AirlockError(
    "sign_in_required",
    `call tool of MCP server: nobody has signed in to ${name} for you`,
    {
      stage: "execute",
      suggestion: `POST ${signIn}, or run \`airlock mcp sign-in ${collectionId} ${name}\`, and ` +
        "open the address that it gives.",
      details: { server: name, signIn },
    },
  );
}
