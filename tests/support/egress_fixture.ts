import {
  createEgressBroker,
  type EgressBrokerOptions,
} from "../../runtime/egress/egress_broker.ts";
import type { EgressCall } from "../../runtime/egress/egress_call.ts";
import type { EgressRequest, EgressResponse } from "../../spec/egress.ts";
import type { NetGrant } from "../../spec/permissions.ts";

/** A server on loopback and one call's way to it. */
export interface EgressFixture extends AsyncDisposable {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly origin: string;
  readonly port: number;
  readonly call: EgressCall;
  /** Sends a request; what is not given is a plain `GET` of the server's root. */
  send(part?: Partial<EgressRequest>, signal?: AbortSignal): Promise<EgressResponse>;
}

/** How a fixture is set up; `allowPrivate` names loopback unless said otherwise. */
export type EgressFixtureOptions = Partial<EgressBrokerOptions> & {
  readonly grant?: NetGrant | ((port: number) => NetGrant);
  readonly deadlineSignal?: AbortSignal;
  readonly tls?: { readonly cert: string; readonly key: string };
};

/** Starts `handler` on a free port, and a broker whose one call may reach it. */
export function startEgress(
  handler: (request: Request) => Response | Promise<Response>,
  options: EgressFixtureOptions = {},
): EgressFixture {
  const server = Deno.serve(
    {
      ...options.tls,
      port: 0,
      hostname: "127.0.0.1",
      onListen() {},
      onError: () => new Response(null, { status: 500 }),
    },
    handler,
  );
  const { port } = server.addr;
  const { grant = ["127.0.0.1"], deadlineSignal = new AbortController().signal, ...broker } =
    options;
  const call = createEgressBroker({ allowPrivate: ["127.0.0.1"], ...broker })
    .open(typeof grant === "function" ? grant(port) : grant, { deadlineSignal });
  const origin = `http${options.tls ? "s" : ""}://127.0.0.1:${port}`;
  return {
    origin,
    port,
    call,
    send: (part = {}, signal = new AbortController().signal) =>
      call.request(
        { method: "GET", url: origin, headers: [], body: null, redirect: "follow", ...part },
        signal,
      ),
    async [Symbol.asyncDispose]() {
      call.close();
      await server.shutdown();
    },
  };
}

/** Reads an answer to its end. */
export async function textOf(response: EgressResponse): Promise<string> {
  return response.body === null ? "" : await new Response(bytesOf(response.body)).text();
}

/** A stream with one piece. */
export function bodyOf(text: string): ReadableStream<Uint8Array> {
  return new Blob([text]).stream();
}

function bytesOf(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
      transform: (piece, controller) => controller.enqueue(piece.slice()),
    }),
  );
}
