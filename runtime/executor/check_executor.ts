import { z } from "zod";
import { AirlockError } from "../../spec/errors.ts";
import type { RemoteExecutorChoice } from "../../spec/executor_choice.ts";
import type { ExecutorFacts } from "../../spec/executor_facts.ts";
import type { PrivateAllowance } from "../egress/private_allowance.ts";
import { classifyAddress } from "../egress/address_class.ts";
import { executorHost, type RemoteExecutorTools } from "./remote_executor.ts";
import { readText } from "./read_text.ts";
import { tokenHeader } from "./token_header.ts";

/** Longest wait for an executor's answer. */
const CHECK_TIMEOUT_MS = 5_000;

/** Largest answer to `GET /health`. */
const MAX_HEALTH_BYTES = 64 * 1024;

/** What executors are checked with. */
export interface CheckExecutorTools extends Pick<RemoteExecutorTools, "openEgress"> {
  /** Places to which what is not encrypted may go. */
  readonly allowance: PrivateAllowance;
  /** Longest wait; five seconds where absent. */
  readonly timeoutMs?: number;
}

const healthSchema = z.object({
  status: z.string().max(64),
  version: z.string().max(64).nullish().catch(null),
});

/**
 * Asks somebody's program whether it is an executor, before calls are sent there.
 * @throws {AirlockError} `invalid_input`, saying what is wrong: it is not encrypted, not reachable, or
 * does not answer as an executor does.
 */
export async function checkExecutor(
  choice: RemoteExecutorChoice,
  tools: CheckExecutorTools,
): Promise<ExecutorFacts> {
  const target = executorHost(choice.url);
  if (new URL(choice.url).protocol !== "https:" && !isPrivatePlace(target, tools)) {
    throw wrong("its address does not begin with https", HTTPS_ADVICE);
  }
  const token = tokenHeader(choice);
  const signal = AbortSignal.timeout(tools.timeoutMs ?? CHECK_TIMEOUT_MS);
  const egress = tools.openEgress([`${target.host}:${target.port}`], signal);
  try {
    const response = await egress.request({
      method: "GET",
      url: `${choice.url}/health`,
      headers: [["accept", "application/json"], ...token],
      body: null,
      redirect: "error",
    }, signal);
    const text = await readText(response.body, MAX_HEALTH_BYTES);
    return factsOf(response.status, text);
  } catch (error) {
    throw signal.aborted
      ? wrong("it does not answer in time", REACH_ADVICE, error)
      : inWords(error);
  } finally {
    egress.close();
  }
}

function factsOf(status: number, text: string): ExecutorFacts {
  const parsed = healthSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw wrong(`GET /health answers HTTP ${status} without a status`, CONTRACT_ADVICE);
  }
  const { status: word, version } = parsed.data;
  if (status !== 200 || !/^(?:ok|healthy)$/i.test(word)) {
    throw wrong(`GET /health answers HTTP ${status}`, "Try again when it is well.");
  }
  return { status: "ok", version: version ?? null };
}

function isPrivatePlace(
  target: { readonly host: string; readonly port: number },
  { allowance }: CheckExecutorTools,
): boolean {
  const found = classifyAddress(target.host);
  return allowance.allows({ address: target.host, class: found }, target);
}

const HTTPS_ADVICE =
  "Use https; the gateway's operator can allow a private place with AIRLOCK_NET_ALLOW_PRIVATE.";
const REACH_ADVICE = "Check that it runs, and that this gateway can reach it.";
const CONTRACT_ADVICE = "Check that the URL is the part before /execute-tool and /health.";

/** What is wrong beyond the address stays between the gateway and its log: no map of what is behind. */
function inWords(error: unknown): AirlockError {
  if (!(error instanceof AirlockError)) return wrong("it cannot be reached", REACH_ADVICE, error);
  if (error.code === "invalid_input") return error;
  if (error.code === "permission_denied") {
    return wrong(
      "its address is not public",
      "The gateway's operator can allow it with AIRLOCK_NET_ALLOW_PRIVATE.",
      error,
    );
  }
  if (error.code === "resource_limit") {
    return wrong("the answer to GET /health is too large", CONTRACT_ADVICE, error);
  }
  return wrong("it cannot be reached", REACH_ADVICE, error);
}

function wrong(state: string, suggestion: string, cause?: unknown): AirlockError {
  return new AirlockError("invalid_input", `check executor: ${state}`, {
    stage: "request",
    suggestion,
    cause,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told as an answer that is not of the contract.
    return undefined;
  }
}
