import { testAttacks } from "../support/run_attacks.ts";
import { BUFFER_BOMBS, HEAP_BOMBS, STACK_BOMBS } from "./attacks/memory_attacks.ts";

await testAttacks("heap bombs", HEAP_BOMBS);
await testAttacks("bombs beside the heap", BUFFER_BOMBS);
await testAttacks("stack bombs", STACK_BOMBS);
