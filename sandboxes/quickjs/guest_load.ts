import { createHash } from "node:crypto";
import type { EngineModules } from "./guest_engine.ts";
import { decodeImage, type GuestImage } from "./guest_image.ts";
import { prepareImage } from "./guest_prepare.ts";
import type { GuestSources } from "./guest_sources.ts";

/** What loading needs. */
export interface LoadOptions {
  readonly modules: EngineModules;
  readonly loadSources: () => Promise<GuestSources>;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Loads what `url` names: an image, whose SHA-256 is the URL's fragment and is checked, or, without
 * one, a module, from which an image is made for this process alone.
 *
 * @throws {Error} for an image that is not what the gateway stored; what loading a module throws.
 */
export async function loadImage(url: string, options: LoadOptions): Promise<GuestImage> {
  const location = new URL(url);
  const sha256 = location.hash.slice(1);
  location.hash = "";
  const bytes = await Deno.readFile(location);
  if (sha256 !== "") {
    const found = createHash("sha256").update(bytes).digest("hex");
    if (found !== sha256) throw new Error("Reading a snapshot: it is not the one that was stored");
    return decodeImage(bytes);
  }
  const { modules, loadSources, env } = options;
  const sources = await loadSources();
  const code = new TextDecoder().decode(bytes);
  return await prepareImage(code, { modules, sources, env, log: () => {} });
}
