import type { JsonObject } from "../spec/json.ts";
import type { ServerCall } from "./server_supervisor.ts";

/** How something is answered, whatever it is. */
export type CallHow = Omit<ServerCall, "toolName" | "args">;

/** Has a server answer. @throws {CallRefusal} where there is no answer of the server's. */
export type Answer = (how: CallHow) => Promise<JsonObject>;
