import { testAttacks } from "../support/run_attacks.ts";
import { EXIT_ATTACKS } from "./attacks/exit_attacks.ts";

await testAttacks("early exits", EXIT_ATTACKS);
