import { html } from "hono/html";

/** A piece of a page: text in it is escaped. */
export type Markup = ReturnType<typeof html>;

/**
 * Nothing but our own style, and forms to ourselves. A page of these decides about access: no other page
 * may show it.
 */
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; " +
    "base-uri 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  // So that browsers say where a form comes from, and nobody else learns where somebody was.
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};

/** What a page is answered with. */
export interface PageOptions {
  readonly title: string;
  readonly status?: number;
  /** Where the browser goes by itself, at once. */
  readonly next?: string;
}

/** A page that works without scripts. */
export async function answerPage(
  content: Markup,
  { title, status = 200, next }: PageOptions,
): Promise<Response> {
  const page = await html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    ${next === undefined ? "" : html`<meta http-equiv="refresh" content="0;url=${next}">`}
    <title>${title} – Airlock</title>
    <link rel="stylesheet" href="/oauth/page.css">
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>
  `;
  return new Response(page.toString(), { status, headers: HEADERS });
}
