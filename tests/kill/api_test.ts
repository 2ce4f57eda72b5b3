import assert from "node:assert/strict";
import { ServedGateway } from "../support/served_gateway.ts";

const ROUNDS = 3;
const WRITERS = 4;

/** What a writer was told before the gateway was killed. */
interface Acknowledged {
  readonly collections: Set<string>;
  readonly removed: Set<string>;
  readonly keys: Map<string, string>;
}

async function send(
  url: string,
  path: string,
  asked: RequestInit & { readonly key?: string } = {},
) {
  const { key, ...init } = asked;
  const response = await fetch(`${url}${path}`, {
    ...init,
    headers: {
      "content-type": "application/json",
      ...(key !== undefined && { "idempotency-key": key }),
    },
  });
  return { status: response.status, body: await response.json() };
}

/** Makes, changes and removes things until the gateway is gone. */
async function write(
  { url, writer }: { readonly url: string; readonly writer: string },
  told: Acknowledged,
): Promise<void> {
  for (let count = 0;; count++) {
    try {
      const name = `${writer}-${count}`;
      const body = JSON.stringify({ name });
      const made = await send(url, "/api/collections", { method: "POST", body, key: name });
      // Too many, or the database is not open yet: said in so many words.
      if (made.status === 429 || made.body.code === "upstream_failed") {
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      assert.equal(made.status, 201, JSON.stringify(made.body));
      told.collections.add(made.body.id);
      told.keys.set(name, made.body.id);
      if (count % 3 !== 2) continue;
      await send(url, `/api/collections/${made.body.id}`, { method: "DELETE" });
      told.removed.add(made.body.id);
    } catch (error) {
      // The connection broke: what was not answered may have been done or not.
      if (error instanceof TypeError || error instanceof SyntaxError) return;
      throw error;
    }
  }
}

async function idsOf(url: string): Promise<Set<string>> {
  const ids = new Set<string>();
  let cursor = "";
  do {
    const { body } = await send(url, `/api/collections?limit=200${cursor}`);
    for (const { id } of body.items) ids.add(id);
    cursor = body.nextCursor === null ? "" : `&cursor=${body.nextCursor}`;
  } while (cursor !== "");
  return ids;
}

Deno.test("a gateway that is killed amid writes has all that it acknowledged, and no halves", async () => {
  const dataDirectory = await Deno.makeTempDir({ prefix: "airlock-kill-api-" });
  const told: Acknowledged = { collections: new Set(), removed: new Set(), keys: new Map() };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await using gateway = await ServedGateway.start({ dataDirectory });
      const { url } = gateway;
      const writers = Array.from(
        { length: WRITERS },
        (_none, index) => write({ url, writer: `r${round}w${index}` }, told),
      );
      // The database opens after the gateway listens: writes have to be under way.
      const before = told.collections.size;
      while (told.collections.size < before + 3) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await new Promise((resolve) => setTimeout(resolve, 50 + 150 * round));
      gateway.kill("SIGKILL");
      await Promise.all(writers);
      await gateway.status;
    }
    assert.ok(told.collections.size > ROUNDS, String(told.collections.size));
    await using gateway = await ServedGateway.start({ dataDirectory });
    const { url } = gateway;
    const kept = await idsOf(url);
    for (const id of told.collections) {
      if (!told.removed.has(id) && !kept.has(id)) {
        // A removal that was done and not answered is the only way for it to be gone.
        const { body } = await send(url, "/api/audit?limit=200");
        const wasRemoved = body.items.some((line: { action: string; subject: { id: string } }) =>
          line.action === "collection.removed" && line.subject.id === id
        );
        assert.ok(wasRemoved, `${id} was acknowledged and is gone`);
      }
    }
    for (const id of told.removed) assert.ok(!kept.has(id), `${id} was removed and is back`);
    // Each has its line in the audit log, and each line its thing: both or neither.
    const { body: audit } = await send(url, "/api/audit?limit=200");
    for (const { action, subject } of audit.items) {
      if (action !== "collection.created") continue;
      const wasRemoved = audit.items.some((line: typeof audit.items[number]) =>
        line.action === "collection.removed" && line.subject.id === subject.id
      );
      assert.equal(kept.has(subject.id), !wasRemoved, subject.id);
    }
    // What was answered and kept is answered again; what was cut off is not done twice at once.
    for (const [key, id] of told.keys) {
      const again = await send(url, "/api/collections", {
        ...{ method: "POST", key, body: JSON.stringify({ name: key }) },
      });
      if (again.status === 201) assert.equal(again.body.id, id, key);
      else assert.equal(again.status, 409, JSON.stringify(again.body));
    }
  } finally {
    await Deno.remove(dataDirectory, { recursive: true });
  }
});
