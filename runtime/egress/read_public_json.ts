import { badRequest } from "./egress_errors.ts";
import { createEgressBroker, type EgressBrokerOptions } from "./egress_broker.ts";

const MAX_BYTES = 32 * 1024;
const TIMEOUT_MS = 5_000;

/**
 * Reads the JSON document at an HTTPS address that a stranger named, as tools reach the network: never
 * anything that is not public, whatever the name resolves to. Follows no redirect; at most 32 KiB, within
 * 5 s.
 * @throws {AirlockError} `permission_denied`, `upstream_failed`, `resource_limit`, `invalid_input`,
 * `deadline_exceeded`.
 */
export async function readPublicJson(
  url: string,
  options: EgressBrokerOptions = { allowPrivate: [] },
): Promise<unknown> {
  if (!url.startsWith("https://")) throw badRequest("only https: addresses are read");
  const limits = { responseBodyBytes: MAX_BYTES, totalResponseBytes: MAX_BYTES, totalRequests: 1 };
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), TIMEOUT_MS);
  using call = createEgressBroker({ ...options, limits })
    .open("public", { deadlineSignal: deadline.signal });
  try {
    const { status, headers, body } = await call.request({
      ...{ method: "GET", url, body: null, redirect: "error" },
      headers: [["accept", "application/json"]],
    }, deadline.signal);
    const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
    if (status !== 200 || body === null || !/^application\/(?:[a-z0-9.+-]+\+)?json\b/i.test(type)) {
      throw badRequest("the answer is not a JSON document");
    }
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const part of body) parts.push(new Uint8Array(part));
    return parsed(await new Blob(parts).text());
  } finally {
    clearTimeout(timer);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is wrong with it is the other side's business.
    throw badRequest("the answer is not a JSON document");
  }
}
