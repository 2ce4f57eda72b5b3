import { ONE_LEVEL, testAttacks } from "../support/run_attacks.ts";
import { ENDLESS_FLOODS, LOG_FLOODS, ODD_RESULTS, OUTPUT_FLOODS } from "./attacks/flood_attacks.ts";

await testAttacks("log floods", LOG_FLOODS);
await testAttacks("floods without end", ENDLESS_FLOODS);
await testAttacks("output floods", OUTPUT_FLOODS);
await testAttacks("odd results", ODD_RESULTS, ONE_LEVEL);
