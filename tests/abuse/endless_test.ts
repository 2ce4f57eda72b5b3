import { testAttacks } from "../support/run_attacks.ts";
import { ENDLESS_ATTACKS, ENDLESS_LOADS } from "./attacks/endless_attacks.ts";

await testAttacks("code that never ends", ENDLESS_ATTACKS);
await testAttacks("modules that never finish loading", ENDLESS_LOADS);
