import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import { isStoredName, storedText } from "./stored_text.ts";

/** Longest URI of a resource that is kept and passed on. */
export const MAX_URI_CHARACTERS = 4_000;

/** Longest description that is kept; what is longer is cut. */
const MAX_DESCRIPTION_CHARACTERS = 4_000;

/** Most arguments of one prompt. */
const MAX_ARGUMENTS = 50;

// deno-lint-ignore no-control-regex -- control characters are what must not be in it
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Whether a text can be the URI of a resource. */
export function isResourceUri(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_URI_CHARACTERS &&
    !CONTROL.test(value) && value.isWellFormed();
}

/** Reads what a server says of a resource; `null` where it cannot be asked for. */
export function listedResource(said: JsonValue): JsonObject | null {
  return listedAt(said, "uri");
}

/** Reads what a server says of a template of resources; `null` where it cannot be filled in. */
export function listedTemplate(said: JsonValue): JsonObject | null {
  return listedAt(said, "uriTemplate");
}

/**
 * Reads what a server says of a prompt; `null` where it cannot be asked for. One that a client cannot
 * read would cost it the whole list: what is of another shape is left out.
 */
export function listedPrompt(said: JsonValue): JsonObject | null {
  if (!isJsonObject(said) || !isStoredName(said["name"])) return null;
  const args = Array.isArray(said["arguments"]) ? said["arguments"] : [];
  const named = args.slice(0, MAX_ARGUMENTS).flatMap((arg: JsonValue) => {
    if (!isJsonObject(arg) || !isStoredName(arg["name"])) return [];
    const { name, required } = arg;
    return [{ name, ...words(arg), ...(typeof required === "boolean" && { required }) }];
  });
  return { name: said["name"], ...words(said), ...(named.length > 0 && { arguments: named }) };
}

function listedAt(said: JsonValue, member: "uri" | "uriTemplate"): JsonObject | null {
  if (!isJsonObject(said)) return null;
  const { [member]: at, name, mimeType, size } = said;
  if (!isResourceUri(at)) return null;
  return {
    [member]: at,
    name: isStoredName(name) ? name : at,
    ...words(said),
    ...(isStoredName(mimeType) && { mimeType }),
    ...(typeof size === "number" && size >= 0 && { size }),
    ...annotationsOf(said["annotations"]),
  };
}

function words(said: JsonObject): JsonObject {
  const title = storedText(said["title"]);
  const description = storedText(said["description"]);
  return {
    ...(title !== null && { title: title.slice(0, 300).toWellFormed() }),
    ...(description !== null &&
      { description: description.slice(0, MAX_DESCRIPTION_CHARACTERS).toWellFormed() }),
  };
}

function annotationsOf(said: JsonValue | undefined): JsonObject {
  if (!isJsonObject(said)) return {};
  const { audience, priority, lastModified } = said;
  const roles = Array.isArray(audience)
    ? audience.filter((role) => role === "user" || role === "assistant")
    : [];
  const isShare = typeof priority === "number" && priority >= 0 && priority <= 1;
  const annotations = {
    ...(roles.length > 0 && { audience: roles.slice(0, 2) }),
    ...(isShare && { priority }),
    ...(isStoredName(lastModified) && { lastModified }),
  };
  return Object.keys(annotations).length > 0 ? { annotations } : {};
}
