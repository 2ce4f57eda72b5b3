import { isJsonObject, type JsonValue } from "../../spec/json.ts";

const NAME = "[A-Za-z0-9_.-]{1,100}";
// `owner/name`, `github:owner/name`, and the URLs and addresses that git has for the same.
const REPOSITORY = new RegExp(
  "^(?:github:|(?:git\\+)?(?:https?|ssh|git)://(?:[^@/]{1,100}@)?(?:www\\.)?github\\.com(?::\\d{1,5})?/" +
    `|git@github\\.com:)?(${NAME})/(${NAME}?)(?:\\.git)?(?:[/#?].{0,500})?$`,
  "i",
);

/**
 * `owner/name` of the repository at GitHub that a `repository` field names, as text or as an object
 * with `url`; `null` for other places.
 */
export function repositoryOf(field: JsonValue | undefined): string | null {
  const text = field !== undefined && isJsonObject(field) ? field["url"] : field;
  if (typeof text !== "string" || text.length > 1_000) return null;
  const [, owner = "", name = ""] = REPOSITORY.exec(text.trim()) ?? [];
  const isName = (part: string) => /[A-Za-z0-9]/.test(part);
  return isName(owner) && isName(name) ? `${owner}/${name}` : null;
}
