import { runGuest } from "./guest_loop.ts";

runGuest({ describe: null });
