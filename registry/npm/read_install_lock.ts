import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import { artifactFailure } from "./artifact_failure.ts";

/**
 * Reads the packages and their integrity from the text of the lock file that `deno install` writes
 * (version 5): `name@version`, without the peers that a key may name behind an underscore.
 * @throws {AirlockError} `artifact_failed`, step `lock`.
 */
export function readInstallLock(text: string): ReadonlyMap<string, string | undefined> {
  const packages = new Map<string, string | undefined>();
  for (const [key, entry] of Object.entries(npmSection(text))) {
    const integrity = isJsonObject(entry) ? entry["integrity"] : undefined;
    packages.set(withoutPeers(key), typeof integrity === "string" ? integrity : undefined);
  }
  return packages;
}

function npmSection(text: string): JsonObject {
  const lock: JsonValue = JSON.parse(text);
  if (isJsonObject(lock) && lock["version"] === "5") {
    const npm = lock["npm"] ?? {};
    if (isJsonObject(npm)) return npm;
  }
  throw artifactFailure("lock", "read installed packages: the lock has an unknown format", {
    suggestion: "Run Airlock with the Deno version it was tested with.",
  });
}

/** No SemVer version holds an underscore, so the first one after the version's `@` begins the peers. */
function withoutPeers(key: string): string {
  const at = key.indexOf("@", 1);
  const underscore = key.indexOf("_", at);
  return underscore === -1 ? key : key.slice(0, underscore);
}
