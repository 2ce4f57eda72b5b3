import { callingRules } from "./conformance/calling_rules.ts";
import { ConformanceBench, type OpenSubject } from "./conformance/conformance_bench.ts";
import { egressRules } from "./conformance/egress_rules.ts";
import { endingRules } from "./conformance/ending_rules.ts";
import { hostileRules } from "./conformance/hostile_rules.ts";
import { limitRules } from "./conformance/limit_rules.ts";
import { loadingRules } from "./conformance/loading_rules.ts";
import { outputRules } from "./conformance/output_rules.ts";
import { overlapRules } from "./conformance/overlap_rules.ts";
import type { Rule } from "./conformance/rule.ts";
import { streamRules } from "./conformance/stream_rules.ts";

/** A runtime to be put to the test. */
export interface SandboxSubject {
  readonly name: string;
  /** Opens a runtime of its own for one rule. */
  open(): Promise<OpenSubject>;
  /** Rules said anew, by name, for a runtime that does not run JavaScript. */
  readonly rules?: Readonly<Record<string, Rule>>;
  /** Rules that do not hold for this runtime, each with its reason. */
  readonly skips: Readonly<Record<string, string>>;
  /** Why nothing of this can run here; every rule is then skipped. */
  readonly unavailable?: string;
}

/** Every rule, by what it says. */
const RULES: Readonly<Record<string, Rule>> = {
  ...loadingRules,
  ...callingRules,
  ...outputRules,
  ...limitRules,
  ...overlapRules,
  ...endingRules,
  ...egressRules,
  ...streamRules,
  ...hostileRules,
};

/**
 * Registers one test for each rule of the sandbox contract. Any {@linkcode SandboxSubject} must pass
 * all of them, or say why one does not apply.
 */
export function describeSandbox(subject: SandboxSubject): void {
  const named = [...Object.keys(subject.skips), ...Object.keys(subject.rules ?? {})];
  const unknown = named.filter((name) => !Object.hasOwn(RULES, name));
  if (unknown.length > 0) throw new RangeError(`Naming rules: no rule ${unknown.join(", ")}`);
  for (const [name, rule] of Object.entries(RULES)) {
    const reason = subject.unavailable ?? subject.skips[name];
    const title = `${subject.name}: ${name}${reason === undefined ? "" : ` (skipped: ${reason})`}`;
    // Skipped only with a reason, which the title gives.
    Deno.test(title, { ignore: reason !== undefined }, async () => {
      await using bench = await ConformanceBench.open(await subject.open());
      await (subject.rules?.[name] ?? rule)(bench);
    });
  }
}
