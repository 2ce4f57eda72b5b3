import type { Caller } from "../../spec/account.ts";
import type { RemoteExecutorChoice } from "../../spec/executor_choice.ts";
import type { KeptExecutor } from "../collections/kept_executor.ts";
import { notFound, requirePermission } from "../require_permission.ts";
import { keptSecrets } from "../secrets/kept_secrets.ts";
import type { SecretReader } from "../secrets/secret_reader.ts";
import type { SecretPlace } from "../secrets/secret_record.ts";

/** An executor that somebody wants to keep. */
export interface WantedExecutor {
  readonly executor: Extract<KeptExecutor, { readonly kind: "remote" }>;
  /** The collection it is for, whose secrets come before the account's. */
  readonly collectionId?: string;
}

/**
 * An executor with the token that it would be sent. Saying where a secret is sent is looking after it:
 * a key that only changes collections would get at any secret otherwise.
 * @throws {AirlockError} `permission_denied`, `not_found`, `upstream_failed`.
 */
export async function executorFor(
  caller: Caller,
  { executor: { url, tokenSecret }, collectionId, secrets }: WantedExecutor & {
    readonly secrets: Pick<SecretReader, "sealedIn">;
  },
): Promise<RemoteExecutorChoice> {
  if (tokenSecret === null) return { kind: "remote", url };
  const { tenant } = caller;
  requirePermission(caller, "write", { kind: "secret", tenant, visibility: "private" });
  const places: SecretPlace[] = [{ tenant, collectionId: null }];
  if (collectionId !== undefined) places.push({ tenant, collectionId });
  const { secrets: kept = {} } = await keptSecrets(secrets, places);
  if (!Object.hasOwn(kept, tokenSecret)) throw notFound("secret");
  return { kind: "remote", url, token: kept[tokenSecret] };
}
