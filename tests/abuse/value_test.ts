import { ONE_LEVEL, testAttacks } from "../support/run_attacks.ts";
import { HOSTILE_ERRORS, THENABLES } from "./attacks/value_attacks.ts";

await testAttacks("thenables", THENABLES, ONE_LEVEL);
await testAttacks("hostile errors", HOSTILE_ERRORS, ONE_LEVEL);
