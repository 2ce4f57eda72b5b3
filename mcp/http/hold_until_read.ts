/**
 * The same answer, and `release` called once when all of it was read or nobody reads it any more: an
 * event stream goes on after its handler. Anything else is there already.
 */
export function holdUntilRead(response: Response, release: () => void): Response {
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  // Looked at only here: an answer of text becomes a stream as soon as somebody looks at its body.
  const body = isStream ? response.body : null;
  if (body === null) {
    release();
    return response;
  }
  const reader = body.getReader();
  const held = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        release();
        controller.close();
      } catch (error) {
        release();
        controller.error(error);
      }
    },
    async cancel(reason) {
      release();
      await reader.cancel(reason);
    },
  });
  return new Response(held, response);
}
