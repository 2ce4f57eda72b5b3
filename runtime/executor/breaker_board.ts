import { type BreakerPolicy, CircuitBreaker } from "./circuit_breaker.ts";

/** Executors that are remembered; the one asked longest ago is forgotten first. */
const MAX_BREAKERS = 256;

/** One breaker for each key, which names an executor and whose calls they are. */
export function createBreakerBoard(
  policy: BreakerPolicy,
  nowMs: () => number,
): (key: string) => CircuitBreaker {
  const breakers = new Map<string, CircuitBreaker>();
  return (key) => {
    const breaker = breakers.get(key) ?? new CircuitBreaker(policy, nowMs);
    breakers.delete(key);
    breakers.set(key, breaker);
    if (breakers.size > MAX_BREAKERS) {
      for (const oldest of breakers.keys()) {
        breakers.delete(oldest);
        break;
      }
    }
    return breaker;
  };
}
