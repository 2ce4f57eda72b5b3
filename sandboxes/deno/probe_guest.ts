import { listTools } from "../guest/list_tools.ts";
import { runGuest } from "./guest_loop.ts";

runGuest({
  describe: ({ namespace, env }) => listTools(namespace, { env, declaredEnv: Object.keys(env) }),
});
