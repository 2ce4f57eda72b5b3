import { testAttacks } from "../support/run_attacks.ts";
import { THREAD_ATTACKS } from "./attacks/thread_attacks.ts";

await testAttacks("threads and processes", THREAD_ATTACKS);
