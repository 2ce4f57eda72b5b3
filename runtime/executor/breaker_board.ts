import { type BreakerPolicy, CircuitBreaker } from "./circuit_breaker.ts";

/** Executors that are remembered; the one asked longest ago is forgotten first. */
const MAX_BREAKERS = 256;

/** One breaker for each executor, by URL. */
export function createBreakerBoard(
  policy: BreakerPolicy,
  nowMs: () => number,
): (url: string) => CircuitBreaker {
  const breakers = new Map<string, CircuitBreaker>();
  return (url) => {
    const breaker = breakers.get(url) ?? new CircuitBreaker(policy, nowMs);
    breakers.delete(url);
    breakers.set(url, breaker);
    if (breakers.size > MAX_BREAKERS) {
      for (const oldest of breakers.keys()) {
        breakers.delete(oldest);
        break;
      }
    }
    return breaker;
  };
}
