/** A request as it came in. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A server on this machine that remembers who came. */
export interface RecordingServer extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  readonly requests: ReceivedRequest[];
}

/** Starts one on every address of this machine. `/to?…` redirects to what follows, decoded; `/loop` to itself. */
export function startRecordingServer(hostname = "0.0.0.0"): RecordingServer {
  const requests: ReceivedRequest[] = [];
  const server = Deno.serve({ hostname, port: 0, onListen() {} }, async (request) => {
    const url = new URL(request.url);
    const { method, headers } = request;
    requests.push({
      method,
      headers,
      path: url.pathname + url.search,
      body: await request.text(),
    });
    if (url.pathname === "/loop") return Response.redirect(url, 302);
    if (url.pathname !== "/to") return new Response("reached");
    const [status = "302", location = ""] = url.search.slice(1).split(",").map(decodeURIComponent);
    return new Response(null, { status: Number(status), headers: { location } });
  });
  return {
    port: server.addr.port,
    origin: `http://127.0.0.1:${server.addr.port}`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
