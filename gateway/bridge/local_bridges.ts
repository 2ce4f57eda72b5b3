import type { Accounts } from "../../accounts/accounts.ts";
import { bridgeOwner } from "../../accounts/bridges/bridge_record.ts";
import {
  enterBridge,
  keepOffered,
  leaveBridge,
  seeBridge,
} from "../../accounts/bridges/enter_bridge.ts";
import type { BridgeMessage, MessageOf } from "../../bridge/protocol.ts";
import { CLOSE_CODES, PROTOCOL_VERSION } from "../../bridge/protocol/protocol_limits.ts";
import { ProtocolViolation } from "../../bridge/protocol/protocol_violation.ts";
import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import { BridgeConnection, type LineSocket } from "./bridge_connection.ts";
import { notConnected } from "./bridge_errors.ts";
import type { BridgeLimits } from "./bridge_limits.ts";
import type { BridgeAsk, BridgeCall, BridgeRoutes } from "./bridge_routes.ts";
import type { SaidOffers } from "./offer_shelf.ts";
import { bearer, callerOnLine, isSameOwner } from "./line_caller.ts";
import { BridgeSession } from "./bridge_session.ts";
import type { ConnectingBridge, HeldBridge, Line } from "./held_bridge.ts";

/** What bridges of one node are held with. */
export interface LocalBridgesOptions {
  readonly accounts: Pick<Accounts, "sql" | "authenticate" | "watchKeys">;
  readonly limits: BridgeLimits;
  /** Told of what a bridge offers, each time that it says so. Waited for; never rejects. */
  readonly onOffered: (bridgeId: string, said: SaidOffers) => Promise<void>;
  /** Told of what failed behind the scenes, for the log. */
  readonly onFailure: (error: unknown) => void;
}

/** The bridges that are connected to this node. Disposing closes all of them. */
export class LocalBridges implements BridgeRoutes, Disposable {
  readonly #options: LocalBridgesOptions;
  readonly #held = new Map<string, HeldBridge>();
  readonly #lines = new Set<Line>();
  readonly #watching: Disposable;

  constructor(options: LocalBridgesOptions) {
    this.#options = options;
    this.#watching = options.accounts.watchKeys((keyId) => {
      for (const line of this.#lines) {
        if (line.caller.keyId === keyId) this.#recheck(line).catch(options.onFailure);
      }
    });
  }

  /** Whether somebody may open one more. */
  hasRoom(caller: Caller): boolean {
    const own = bridgeOwner(caller);
    const lines = [...this.#lines].filter((line) => isSameOwner(bridgeOwner(line.caller), own));
    return lines.length < this.#options.limits.maxConnections;
  }

  /** Takes a line that was just opened. @returns What is told of all that comes over it. */
  open(
    socket: LineSocket,
    { caller, credentials, onClose = () => {} }: ConnectingBridge & {
      readonly onClose?: () => void;
    },
  ): BridgeConnection {
    const { limits, onFailure } = this.#options;
    const line: Line = {
      ...{ caller, credentials },
      id: crypto.randomUUID(),
      bridgeId: null,
      connection: new BridgeConnection(socket, limits, {
        handlers: {
          onRegister: (message) => this.#register(line, message),
          onTools: ({ servers }) => this.#keep(line, servers),
          onRenew: ({ apiKey }) => this.#renew(line, apiKey),
          onAnswer: (message) => this.#sessionOf(line)?.answer(message) ?? false,
          onBeat: () => this.#look(line),
          onClose: (how) => {
            this.#leave(line, how);
            onClose();
          },
          onFailure,
        },
      }),
    };
    this.#lines.add(line);
    return line.connection;
  }

  /** Takes over a WebSocket. */
  openSocket(socket: WebSocket, connecting: ConnectingBridge): void {
    const connection = this.open(socket, connecting);
    socket.onmessage = ({ data }) => connection.read(data);
    socket.onclose = ({ code }) => connection.ended(code);
    // What is wrong is told by the close that follows.
    socket.onerror = () => {};
  }

  isConnected(bridgeId: string): boolean {
    return this.#held.get(bridgeId)?.session.isConnected ?? false;
  }

  async call(bridgeId: string, call: BridgeCall): Promise<McpToolResult> {
    return await this.#heldOf(bridgeId).session.call(call);
  }

  async ask(bridgeId: string, ask: BridgeAsk): Promise<JsonObject> {
    return await this.#heldOf(bridgeId).session.ask(ask);
  }

  #heldOf(bridgeId: string): HeldBridge {
    const held = this.#held.get(bridgeId);
    if (held === undefined) throw notConnected();
    return held;
  }

  [Symbol.dispose](): void {
    this.#watching[Symbol.dispose]();
    for (const { session } of [...this.#held.values()]) session.end();
    for (const { connection } of [...this.#lines]) {
      connection.close(CLOSE_CODES.goingAway, "the gateway stops");
    }
  }

  async #register(line: Line, message: MessageOf<BridgeMessage, "register">): Promise<void> {
    const { protocol, name, clientVersion, os, servers, features = [], resume } = message;
    if (protocol !== PROTOCOL_VERSION) {
      throw new ProtocolViolation(`register: the gateway speaks protocol ${PROTOCOL_VERSION}`);
    }
    const { accounts: { sql }, limits } = this.#options;
    const owner = bridgeOwner(line.caller);
    try {
      line.bridgeId = await sql.begin(async (tx: AnySql) => {
        const id = await enterBridge(tx, {
          ...{ owner, name, clientVersion, os },
          connectionId: line.id,
        });
        await keepOffered(tx, id, { servers });
        return id;
      });
    } catch (error) {
      if (!(error instanceof AirlockError) || error.code !== "resource_limit") throw error;
      throw new ProtocolViolation(error.message, CLOSE_CODES.tooMany);
    }
    await this.#options.onOffered(line.bridgeId, { servers, features });
    // Closed meanwhile: nobody else would take note of that.
    if (!this.#lines.has(line)) return this.#forget(line);
    const before = this.#held.get(line.bridgeId);
    const goesOn = resume !== undefined && before?.session.resumeToken === resume.token;
    const session = goesOn ? before.session : this.#openSession(line.bridgeId);
    this.#held.set(line.bridgeId, { session, line });
    if (!goesOn) before?.session.end();
    before?.line?.connection.close(
      CLOSE_CODES.replaced,
      "replaced by a newer connection of this bridge",
    );
    const { connection } = line;
    connection.send({
      ...{ type: "registered", protocol: PROTOCOL_VERSION, bridgeId: line.bridgeId },
      ...{ resumeToken: session.resumeToken, resumed: goesOn, heartbeatMs: limits.heartbeatMs },
    });
    session.attach((said) => connection.send(said), goesOn ? resume.calls : []);
  }

  #openSession(bridgeId: string): BridgeSession {
    const session: BridgeSession = new BridgeSession({
      limits: this.#options.limits,
      nowMs: () => Date.now(),
      onOver: () => {
        if (this.#held.get(bridgeId)?.session === session) this.#held.delete(bridgeId);
      },
    });
    return session;
  }

  /** The session of a connection, unless another connection has it by now. */
  #sessionOf(line: Line): BridgeSession | undefined {
    const held = line.bridgeId === null ? undefined : this.#held.get(line.bridgeId);
    return held?.line === line ? held.session : undefined;
  }

  async #keep({ bridgeId }: Line, servers: MessageOf<BridgeMessage, "tools">["servers"]) {
    if (bridgeId === null) return;
    await this.#options.accounts.sql.begin((tx: AnySql) => keepOffered(tx, bridgeId, { servers }));
    await this.#options.onOffered(bridgeId, { servers });
  }

  /** A key of the same person's takes the place of the one that the bridge came with. */
  async #renew(line: Line, apiKey: string): Promise<void> {
    const credentials = bearer(apiKey);
    const caller = credentials && await this.#callerOn(line, credentials);
    if (credentials && caller) Object.assign(line, { caller, credentials });
    line.connection.send({ type: "renewed", accepted: Boolean(caller) });
  }

  async #look(line: Line): Promise<void> {
    const { bridgeId, id: connectionId, connection } = line;
    await this.#recheck(line);
    if (bridgeId === null) return;
    if (await seeBridge(this.#options.accounts.sql, { bridgeId, connectionId })) return;
    connection.close(CLOSE_CODES.replaced, "replaced by a newer connection of this bridge");
  }

  /** Whoever revoked a key waits for nothing: neither do calls that it began. */
  async #recheck(line: Line): Promise<void> {
    if (await this.#isStillAllowed(line)) return;
    this.#sessionOf(line)?.end();
    line.connection.close(CLOSE_CODES.revoked, "the key is no longer valid for bridges");
  }

  async #isStillAllowed(line: Line): Promise<boolean> {
    try {
      return await this.#callerOn(line, line.credentials) !== null;
    } catch (error) {
      if (!(error instanceof AirlockError)) throw error;
      // While nobody can be asked, what was allowed goes on.
      return true;
    }
  }

  #callerOn({ caller: before }: Line, credentials: Headers): Promise<Caller | null> {
    return callerOnLine(this.#options.accounts, { credentials, before });
  }

  #leave(line: Line, { isDone }: { readonly isDone: boolean }): void {
    this.#lines.delete(line);
    const held = line.bridgeId === null ? undefined : this.#held.get(line.bridgeId);
    if (held?.line === line) {
      held.line = null;
      if (isDone) held.session.end();
      else held.session.detach();
    }
    this.#forget(line).catch(this.#options.onFailure);
  }

  async #forget({ bridgeId, id: connectionId }: Line): Promise<void> {
    if (bridgeId === null) return;
    await leaveBridge(this.#options.accounts.sql, { bridgeId, connectionId });
  }
}
