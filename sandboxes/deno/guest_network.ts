import type { EgressPort } from "../../spec/egress.ts";

/**
 * Makes the global `fetch` reach the network through `port`. Its code is evaluated at the first
 * request: most tools make none.
 */
export function installFetch(port: EgressPort): void {
  const native = globalThis.fetch;
  let made: Promise<typeof globalThis.fetch> | null = null;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    made ??= import("../guest/guest_fetch.ts").then((module) =>
      // `data:` and `blob:` URLs need no network.
      module.createGuestFetch(port, { native: () => native })
    );
    const guestFetch = await made;
    return await guestFetch(input, init);
  };
  Object.defineProperty(globalThis, "fetch", {
    value: fetch,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** Makes clients built on `node:http` and `node:https` reach the network through `port`. */
export async function installNodeHttp(port: EgressPort): Promise<void> {
  const module = await import("../guest/guest_node_http.ts");
  module.installNodeHttp(port);
}

/** Makes `node:fs` say no, instead of throwing, where Node's never throws. */
export async function installNodeFs(): Promise<void> {
  const module = await import("../guest/guest_node_fs.ts");
  module.installNodeFs();
}

/** Makes `node:os` answer with constants that say nothing of the host. */
export async function installNodeOs(machine: { readonly tmpDirectory: string }): Promise<void> {
  const module = await import("../guest/guest_node_os.ts");
  module.installNodeOs(machine);
}
