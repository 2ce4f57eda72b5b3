const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether the host of a URL is a name of this machine alone. */
export function isLoopbackHost({ hostname }: Pick<URL, "hostname">): boolean {
  return LOOPBACK.test(hostname);
}
