import type { RefuseCall } from "../accounts/limits/cap_concurrency.ts";
import { CallRecord } from "../runtime/call_record.ts";
import type { Engine } from "./cli_deps.ts";

/** How a call is answered that nobody runs. */
export function refuseCall(engine: Pick<Engine, "health">): RefuseCall {
  const { isolation } = engine.health();
  return (error, { requestId }) => new CallRecord({ requestId, isolation }).failure(error);
}
