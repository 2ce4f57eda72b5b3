import { testAttacks } from "../support/run_attacks.ts";
import { HOSTILE_ERRORS, THENABLES } from "./attacks/value_attacks.ts";

await testAttacks("thenables", THENABLES);
await testAttacks("hostile errors", HOSTILE_ERRORS);
