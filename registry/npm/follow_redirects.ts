import { artifactFailure } from "./artifact_failure.ts";
import { isBelow } from "./is_below.ts";
import { isLocalHost } from "./is_local_host.ts";
import type { RegistryRequest } from "./registry_request.ts";

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Sends the request and follows redirects by hand: the authorization header goes only below the
 * registry's own URL, `https:` never turns into `http:`, and a public registry cannot send the
 * gateway to a local address by name or number.
 * @throws {AirlockError} `artifact_failed` for a redirect that is refused; else what `fetch` throws.
 */
export async function followRedirects(
  get: RegistryRequest,
  signal: AbortSignal,
): Promise<Response> {
  let url = get.url;
  for (let hops = 0;; hops++) {
    const headers = new Headers(get.headers);
    const { authorization } = get.registry;
    if (authorization !== undefined && isBelow(url, get.registry.url)) {
      headers.set("authorization", authorization);
    }
    const response = await fetch(url, { headers, redirect: "manual", signal });
    if (!REDIRECTS.has(response.status)) return response;
    await response.body?.cancel();
    const location = response.headers.get("location") ?? "";
    if (hops === MAX_REDIRECTS || !URL.canParse(location, url)) {
      throw refuse(get, "endless or broken");
    }
    const next = new URL(location, url);
    if (next.protocol !== url.protocol && next.protocol !== "https:") {
      throw refuse(get, "not to a secure address");
    }
    if (isLocalHost(next.hostname) && !isLocalHost(get.registry.url.hostname)) {
      throw refuse(get, "to a local address");
    }
    next.username = "";
    next.password = "";
    url = next;
  }
}

function refuse(get: RegistryRequest, how: string): Error {
  return artifactFailure(get.step, `fetch ${get.what}: redirect refused, ${how}`, {
    suggestion: "Configure the registry's final address as the registry URL.",
  });
}
