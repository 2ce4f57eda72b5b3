/** Longest slug. */
const MAX_SLUG_CHARACTERS = 64;

/** A name made fit for a URL; `fallback` where nothing of it is. */
export function slugOf(name: string, fallback: string): string {
  const slug = name.normalize("NFKD").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_SLUG_CHARACTERS).replaceAll(/^-+|-+$/g, "");
  return slug === "" ? fallback : slug;
}
