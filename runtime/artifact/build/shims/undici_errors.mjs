/** The errors that undici exports, with its codes. */
class UndiciError extends Error {
  constructor(message, code = "UND_ERR", options = undefined) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
const kind = (name, code) => ({
  [name]: class extends UndiciError {
    constructor(message = name, options = undefined) {
      super(message, code, options);
      this.name = name;
    }
  },
}[name]);

export const errors = {
  UndiciError,
  AbortError: kind("AbortError", "UND_ERR_ABORTED"),
  RequestAbortedError: kind("AbortError", "UND_ERR_ABORTED"),
  ConnectTimeoutError: kind("ConnectTimeoutError", "UND_ERR_CONNECT_TIMEOUT"),
  HeadersTimeoutError: kind("HeadersTimeoutError", "UND_ERR_HEADERS_TIMEOUT"),
  BodyTimeoutError: kind("BodyTimeoutError", "UND_ERR_BODY_TIMEOUT"),
  InvalidArgumentError: kind("InvalidArgumentError", "UND_ERR_INVALID_ARG"),
  NotSupportedError: kind("NotSupportedError", "UND_ERR_NOT_SUPPORTED"),
  SocketError: kind("SocketError", "UND_ERR_SOCKET"),
  ClientClosedError: kind("ClientClosedError", "UND_ERR_CLOSED"),
  ClientDestroyedError: kind("ClientDestroyedError", "UND_ERR_DESTROYED"),
  ResponseStatusCodeError: kind("ResponseStatusCodeError", "UND_ERR_RESPONSE_STATUS_CODE"),
};

/** Says what a sandbox cannot do, in place of doing something else. */
export const unsupported = (what) => {
  throw new errors.NotSupportedError(`${what} is not available in a sandbox: use fetch or request`);
};
