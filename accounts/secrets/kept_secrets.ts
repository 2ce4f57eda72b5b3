import { AirlockError } from "../../spec/errors.ts";
import type { CallGrant } from "../../spec/call_grant.ts";
import { redactValues } from "./redact_values.ts";
import type { SecretReader } from "./secret_reader.ts";
import type { SecretPlace } from "./secret_record.ts";

/** What kept secrets add to a call. */
export type KeptSecrets = Pick<CallGrant, "secrets" | "redact" | "redactStream">;

/**
 * The secrets kept in these places, later ones before earlier ones. A value is opened when the call
 * takes it, so only those that the tool declares ever are; and those are taken out of its log. Where
 * the database is away the call fails if it needs one of them, and goes on if not.
 */
export async function keptSecrets(
  reader: Pick<SecretReader, "sealedIn">,
  places: readonly SecretPlace[],
): Promise<KeptSecrets> {
  try {
    const sealed = await reader.sealedIn(places);
    if (sealed.size === 0) return {};
    const opened = new Set<string>();
    const secrets: Record<string, string> = Object.create(null);
    for (const [name, open] of sealed) {
      Object.defineProperty(secrets, name, {
        enumerable: true,
        get() {
          const value = open();
          opened.add(value);
          return value;
        },
      });
    }
    return { secrets, ...redactorOf(opened) };
  } catch (error) {
    if (error instanceof AirlockError) return { secrets: failing(error) };
    throw error;
  }
}

function redactorOf(opened: ReadonlySet<string>): Pick<KeptSecrets, "redact" | "redactStream"> {
  let made = { size: 0, redactor: redactValues([]) };
  const current = () => {
    if (made.size !== opened.size) made = { size: opened.size, redactor: redactValues(opened) };
    return made.redactor;
  };
  return {
    redact: (text) => current().redact(text),
    redactStream: () => current().stream(),
  };
}

/** Asking whether there is a value is asking for it. */
function failing(error: AirlockError): Record<string, string> {
  const fail = (): never => {
    throw error;
  };
  return new Proxy<Record<string, string>>({}, {
    ...{ get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail },
  });
}
