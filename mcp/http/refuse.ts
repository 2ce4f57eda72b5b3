/** Refuses a request as the transport's specification says: by a status, with an error in its body. */
export function refuse(
  message: string,
  { status, code = -32000, headers }: {
    readonly status: number;
    /** Of JSON-RPC. */
    readonly code?: number;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Response {
  const error = { code, message };
  return Response.json({ jsonrpc: "2.0", error, id: null }, { status, headers });
}
