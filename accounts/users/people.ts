import type { Caller } from "../../spec/account.ts";
import type { Actor } from "../audit/write_audit.ts";

/** Users, their sessions and organisations. */
export interface People {
  /** Answers `/api/auth/*`. */
  handle(request: Request, from: AuthRequest): Promise<Response>;
  /** Who stands behind a session's signed token; `null` where it is none, or no longer. */
  findSession(token: string): Promise<Caller | null>;
  /**
   * Creates a user with a password, whether or not people may sign up by themselves. Signs nobody in.
   * @throws {AirlockError} `conflict`, `invalid_input`.
   */
  addUser(user: NewUser, actor?: Actor): Promise<{ readonly id: string }>;
}

/** Who sends a request to {@linkcode People.handle}. */
export interface AuthRequest {
  /** Address of the other end of the connection. */
  readonly address: string | undefined;
  readonly caller: Caller;
  readonly requestId: string | null;
}

/** A user to be created. */
export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}
