import type { ArtifactManifest } from "../spec/artifact.ts";

/**
 * The name under which the code knows the tool that a caller means: as sent, except that a package
 * with one nameless tool may be called by its own name (`ms` of `ms`, where the code only has a
 * default export).
 */
export function toolNameIn(manifest: ArtifactManifest, name: string): string {
  const known = manifest.tools.map((tool) => tool.name);
  if (known.includes(name) || manifest.otherExports.includes(name)) return name;
  const bareName = manifest.resolved.packageName.split("/").at(-1);
  return name === bareName && known.includes("default") ? "default" : name;
}
