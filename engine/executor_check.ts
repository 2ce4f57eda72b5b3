import type { Config } from "../config.ts";
import { createEgressBroker } from "../runtime/egress/egress_broker.ts";
import { createPrivateAllowance } from "../runtime/egress/private_allowance.ts";
import { checkExecutor } from "../runtime/executor/check_executor.ts";
import type { CheckExecutor } from "../spec/executor_facts.ts";

/** A check of executors that reaches what configuration allows, and nothing private beside it. */
export function executorCheck({ policy: { netAllowPrivate } }: Config): CheckExecutor {
  const broker = createEgressBroker({ allowPrivate: netAllowPrivate });
  const allowance = createPrivateAllowance(netAllowPrivate);
  return (choice) =>
    checkExecutor(choice, {
      openEgress: (grant, deadlineSignal) => broker.open(grant, { deadlineSignal }),
      allowance,
    });
}
