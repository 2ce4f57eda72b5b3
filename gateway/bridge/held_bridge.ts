import type { Caller } from "../../spec/account.ts";
import type { BridgeConnection } from "./bridge_connection.ts";
import type { BridgeSession } from "./bridge_session.ts";

/** Who connects, and what it proves it by. */
export interface ConnectingBridge {
  readonly caller: Caller;
  /** Asked again as long as it is connected. Nothing else of the request is kept. */
  readonly credentials: Headers;
}

/** A socket, from its first moment on. */
export interface Line {
  readonly id: string;
  caller: Caller;
  credentials: Headers;
  readonly connection: BridgeConnection;
  /** Once it has registered. */
  bridgeId: string | null;
}

/** A bridge that is connected, or was a moment ago. */
export interface HeldBridge {
  readonly session: BridgeSession;
  line: Line | null;
}
