import { isLoopbackHost } from "./loopback_host.ts";

/**
 * A way past any proxy that the environment names, for what is for this machine alone: a proxy would
 * read it all. `undefined` for every other address. Whoever asks for it disposes of it.
 */
export function directClient(url: URL): Deno.HttpClient | undefined {
  if (url.protocol !== "http:" || !isLoopbackHost(url)) return undefined;
  const hostname = url.hostname.replaceAll(/[[\]]/g, "");
  return Deno.createHttpClient({
    proxy: { transport: "tcp", hostname, port: Number(url.port || 80) },
  });
}
