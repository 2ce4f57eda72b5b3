/** How much of the network one call may use. */
export interface EgressLimits {
  /** Requests at the same time; more wait. One ends when its body was read or cancelled. */
  readonly concurrentRequests: number;
  /** Requests in total: redirect hops and refused ones included. */
  readonly totalRequests: number;
  /** Body of one request. */
  readonly requestBodyBytes: number;
  /** Body of one response: as it comes in, and again after decompression. */
  readonly responseBodyBytes: number;
  /** Bodies of all responses after decompression. */
  readonly totalResponseBytes: number;
  /** Names and values of the headers of one request, and of one response. */
  readonly headerBytes: number;
  /** The most of a request body that is kept to send it again after a redirect. */
  readonly replayBodyBytes: number;
  readonly redirects: number;
  /** Resolving the name, connecting and the TLS handshake, each hop. */
  readonly connectTimeoutMs: number;
}

const MIB = 1024 * 1024;

/** What a call gets unless configuration says otherwise. */
export const DEFAULT_EGRESS_LIMITS: EgressLimits = {
  concurrentRequests: 32,
  totalRequests: 1_000,
  requestBodyBytes: 16 * MIB,
  responseBodyBytes: 16 * MIB,
  totalResponseBytes: 256 * MIB,
  headerBytes: 64 * 1024,
  replayBodyBytes: MIB,
  redirects: 20,
  connectTimeoutMs: 10_000,
};
