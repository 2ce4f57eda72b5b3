import { createHash } from "node:crypto";

/** Longest slug, suffix included. */
export const MAX_SLUG_CHARACTERS = 96;

/** The tool that a slug stands for. */
export interface SluggedTool {
  readonly source: string;
  readonly packageName: string;
  readonly name: string;
}

/** The readable slug of a tool: `@scope/web-tools` and `fetchPage` make `scope-web-tools-fetch-page`. */
export function toolSlug(tool: SluggedTool): string {
  return clean(wordsOf(tool), MAX_SLUG_CHARACTERS) || suffixOf(tool);
}

/** A slug of the tool alone, for where the readable one is another tool's. */
export function distinctSlug(tool: SluggedTool): string {
  const suffix = suffixOf(tool);
  const words = clean(wordsOf(tool), MAX_SLUG_CHARACTERS - suffix.length - 1);
  return words === "" ? suffix : `${words}-${suffix}`;
}

/** The name of source that somebody brought is a random one: no word for people. */
function wordsOf({ source, packageName, name }: SluggedTool): string {
  return source === "inline" || source === "wasm" ? name : `${packageName} ${name}`;
}

function clean(text: string, maxCharacters: number): string {
  return text.normalize("NFKD")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, maxCharacters)
    .replace(/-$/, "");
}

/** 48 bits: enough that two tools with the same words never meet. */
function suffixOf({ source, packageName, name }: SluggedTool): string {
  const text = JSON.stringify([source, packageName, name]);
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
