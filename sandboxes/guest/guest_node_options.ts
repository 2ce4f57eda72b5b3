/** The options of Node's `http.request` that mean something here. */
export interface NodeRequestOptions {
  readonly protocol?: string | null;
  readonly host?: string | null;
  readonly hostname?: string | null;
  readonly port?: number | string | null;
  readonly defaultPort?: number | string;
  readonly path?: string | null;
  readonly method?: string;
  readonly headers?: unknown;
  readonly auth?: string | null;
  readonly agent?: unknown;
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  readonly socketPath?: string | null;
}

/** A request as its client wants it, before headers and body are complete. */
export interface NodeTarget {
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly (readonly [string, string | string[]])[];
  readonly options: NodeRequestOptions;
}

/**
 * Reads `(url, options)` or `(options)` as Node does; `scheme` is that of the module called.
 * @throws {TypeError} with Node's codes for what Node refuses.
 */
export function readTarget(
  input: string | URL | NodeRequestOptions,
  extra: NodeRequestOptions & { readonly scheme: "http:" | "https:" },
): NodeTarget {
  const { scheme, ...rest } = extra;
  const options = typeof input === "string" || input instanceof URL
    ? { ...fromUrl(new URL(input)), ...rest }
    : { ...input, ...rest };
  const protocol = options.protocol || scheme;
  if (protocol !== "http:" && protocol !== "https:") {
    throw coded("ERR_INVALID_PROTOCOL", `Protocol "${protocol}" not supported`);
  }
  if (options.socketPath) throw coded("ERR_INVALID_ARG_VALUE", "socketPath: not in a sandbox");
  const path = options.path || "/";
  if (!/^[\x21-\xff]*$/.test(path)) {
    throw coded("ERR_UNESCAPED_CHARACTERS", "Request path contains unescaped characters");
  }
  const host = options.hostname || options.host || "localhost";
  const bracketed = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const port = options.port || options.defaultPort;
  const origin = `${protocol}//${bracketed}${port ? `:${port}` : ""}`;
  const url = URL.parse(`${origin}${path.startsWith("/") ? "" : "/"}${path}`);
  if (url === null) throw coded("ERR_INVALID_URL", "Invalid URL");
  const headers = headerPairs(options.headers);
  const named = headers.some(([name]) => name.toLowerCase() === "authorization");
  if (options.auth && !named) headers.push(["Authorization", `Basic ${base64(options.auth)}`]);
  return { url, method: (options.method || "GET").toUpperCase(), headers, options };
}

/** An error with one of Node's codes. */
export function coded(code: string, message: string): TypeError {
  return Object.assign(new TypeError(message), { code });
}

function fromUrl(url: URL): NodeRequestOptions {
  return {
    protocol: url.protocol,
    hostname: url.hostname,
    port: url.port,
    path: url.pathname + url.search,
    ...(url.username !== "" && {
      auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`,
    }),
  };
}

function headerPairs(headers: unknown): [string, string | string[]][] {
  if (typeof headers !== "object" || headers === null) return [];
  if (Array.isArray(headers)) return arrayPairs(headers);
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, headerValue(value)]]
  );
}

/** Node takes `[[name, value], …]` and `[name, value, …]`. */
function arrayPairs(headers: readonly unknown[]): [string, string | string[]][] {
  if (Array.isArray(headers[0])) {
    return headers.map((pair: unknown) => {
      const [name, value]: unknown[] = Array.isArray(pair) ? pair : [];
      return [String(name), headerValue(value)];
    });
  }
  const pairs: [string, string | string[]][] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    pairs.push([String(headers[index]), headerValue(headers[index + 1])]);
  }
  return pairs;
}

/** A header value as Node stores it. */
export function headerValue(value: unknown): string | string[] {
  return Array.isArray(value) ? value.map(String) : String(value);
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
