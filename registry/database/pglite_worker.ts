import type { PGlite } from "@electric-sql/pglite";
import { hasPanicked } from "./has_panicked.ts";
import { LogWatch } from "./log_watch.ts";
import { leaveNobodyMark } from "./nobody_mark.ts";
import { openCluster } from "./open_cluster.ts";
import type { PgliteReply, PgliteRequest } from "./pglite_messages.ts";
import { IDLE_BYTES } from "./protocol_messages.ts";

/**
 * The thread that has PGlite: a query computes here and nowhere else. Answers one request after
 * another on the port that its first message brings.
 */
function servePglite(port: MessagePort): void {
  const state: { pglite?: PGlite; log?: LogWatch; directory?: string; isLost: boolean } = {
    isLost: false,
  };
  const say = (reply: PgliteReply) => {
    const transfer = reply.type === "answer" ? [reply.bytes.buffer] : [];
    port.postMessage(reply, transfer);
  };
  const handle = async (request: PgliteRequest): Promise<PgliteReply> => {
    if (request.type === "open") {
      state.directory = request.directory;
      state.pglite = await openCluster(request);
      state.log = new LogWatch(state.pglite);
      return { type: "opened" };
    }
    if (request.type === "close") {
      await close(state.pglite, state.directory);
      return { type: "closed" };
    }
    if (state.pglite === undefined) throw new Error("it is not open");
    const answer = await state.pglite.execProtocolRaw(request.group);
    if (hasPanicked(answer)) throw new Error("PostgreSQL panicked");
    // A copy: the answer may be a view into PGlite's own memory, which cannot be given away.
    return { type: "answer", bytes: new Uint8Array(answer) };
  };
  let last = Promise.resolve();
  port.onmessage = ({ data }: MessageEvent<PgliteRequest>) => {
    last = last.then(async () => {
      if (state.isLost) return;
      try {
        const reply = await handle(data);
        const end = reply.type === "answer" ? reply.bytes.slice(-IDLE_BYTES) : null;
        say(reply);
        if (end !== null) await state.log?.note(end);
      } catch (error) {
        state.isLost = true;
        say({ type: "lost", reason: error instanceof Error ? error.message : String(error) });
      }
    });
  };
}

async function close(pglite: PGlite | undefined, directory: string | undefined): Promise<void> {
  if (pglite === undefined) return;
  const hasNobody = directory !== undefined && await isNobodys(pglite);
  await pglite.close();
  if (hasNobody) await leaveNobodyMark(directory);
}

async function isNobodys(pglite: PGlite): Promise<boolean> {
  try {
    await pglite.exec("rollback");
    const { rows } = await pglite.query<{ used: boolean }>(
      `select exists (select from public.installation) or exists (select from public.secret)
        or exists (select from public.api_key)
        or exists (select from public.oauth_grant) as used`,
    );
    return rows[0]?.used === false;
  } catch {
    // Not migrated, or broken: the next start asks.
    return false;
  }
}

globalThis.addEventListener("message", (event) => {
  if (event instanceof MessageEvent && event.data instanceof MessagePort) servePglite(event.data);
}, { once: true });
