/** For what never changes under its URL. */
export const IMMUTABLE = "public, max-age=31536000, immutable";
/** For answers that depend on what is published. */
export const MUTABLE = "public, max-age=600";
/** Content type of modules. */
export const JAVASCRIPT = "application/javascript; charset=utf-8";
/** Stand-in for a Node built-in, for targets that have none. */
export function polyfill(name: string): string {
  return name === "process"
    ? 'const process = { env: {}, platform: "browser", version: "" };\nexport const { env } = process;\nexport default process;\n'
    : "export default {}\n";
}

/** What esm.sh serves in place of a dependency that it cannot resolve. */
export function errorModule(url: URL): Response {
  const { name, importer } = Object.fromEntries(url.searchParams);
  const message = `Could not resolve "${name}" (Imported by "${importer}")`;
  const code = `/* esm.sh - error */\nthrow new Error(${
    JSON.stringify(message)
  });\nexport default null;\n`;
  return javascript(code, IMMUTABLE);
}

/** A module. */
export function javascript(code: string, cacheControl: string): Response {
  return new Response(code, {
    headers: {
      "content-type": JAVASCRIPT,
      "cache-control": cacheControl,
      "access-control-allow-origin": "*",
    },
  });
}

/** A redirect; `Location` is absolute, as esm.sh writes it. */
export function redirect(location: string, permanent: boolean): Response {
  return new Response(null, {
    status: permanent ? 301 : 302,
    headers: { location, "cache-control": permanent ? IMMUTABLE : MUTABLE },
  });
}

/** A plain-text answer. */
export function text(body: string, status: number, cacheControl: string): Response {
  return new Response(body, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": cacheControl },
  });
}
