import type { Actor } from "../accounts/audit/write_audit.ts";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";

/** The command line acts for whoever has the machine. */
export const OWNER_ACTOR: Actor = { caller: OWNER_CALLER, requestId: null };

/** Most lines of a list. */
export const MAX_LISTED = 1_000;
