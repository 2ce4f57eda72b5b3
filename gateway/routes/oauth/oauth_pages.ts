import { html } from "hono/html";
import type { Decided } from "../../../accounts/oauth/authorization.ts";
import { isOnOwnMachine, redirectHost } from "../../../accounts/oauth/redirect_uri.ts";
import { answerPage } from "./answer_page.ts";

/** Most tools that are named; the rest are counted. */
const MAX_NAMED_TOOLS = 200;

/** What somebody is asked. */
export interface Question {
  readonly clientName: string;
  /** The address of a document about the client, where it has one. */
  readonly clientHost: string | undefined;
  readonly redirectUri: string;
  /** Of the collection, or what stands for all of them. */
  readonly title: string;
  readonly isAll: boolean;
  readonly tools: readonly { readonly name: string; readonly title: string }[];
  /** Who is asked, in their own words. */
  readonly person: string;
  /** What the page sends back. */
  readonly request: string;
}

/** Asks somebody whether a client may call their tools. */
export function consentPage(question: Question): Promise<Response> {
  const { clientName, clientHost, redirectUri, title, isAll, tools, person, request } = question;
  const host = redirectHost(redirectUri);
  const named = tools.slice(0, MAX_NAMED_TOOLS);
  const where = isOnOwnMachine(redirectUri)
    ? html`${host} <span class="soft">(a program on this computer)</span>`
    : html`${host}`;
  const content = html`
    <h1>Let “${clientName}” use your tools?</h1>
    <p class="warn">The name is what the program calls itself. Go on only if you have just asked it to
    connect, and know where it sends you back to.</p>
    <dl>
    ${clientHost === undefined ? "" : html`
      <dt>Published by</dt>
      <dd>${clientHost}</dd>
    `}
    <dt>Sends you back to</dt><dd><strong>${where}</strong></dd>
    <dt>${isAll ? "Everything of" : "Collection"}</dt><dd>${title}</dd>
    <dt>You are</dt><dd>${person}</dd>
    </dl>
    <h2>It may call ${tools.length === 1 ? "this tool" : `these ${tools.length} tools`} for you</h2>
    ${tools.length === 0
      ? html`<p class="soft">There are none yet.</p>`
      : html`<ul>${
        named.map((tool) => html`<li>${tool.title} <code class="soft">${tool.name}</code></li>`)
      }</ul>`}
    ${tools.length > named.length
      ? html`<p class="soft">and ${String(tools.length - named.length)} more</p>`
      : ""}
    <p class="soft">Tools that are added later are included, with your stored secrets where a tool needs
    them. It sees nothing else of your account. Take it back at any time:
    <code>airlock grants revoke</code>.</p>
    <form method="post" action="/oauth/authorize">
      <input type="hidden" name="request" value="${request}">
      <div class="buttons">
        <button name="decision" value="deny">Do not allow</button>
        <button name="decision" value="allow" class="main">Allow</button>
      </div>
    </form>
  `;
  return answerPage(content, { title: "Let a program in" });
}

/** What is asked once somebody has signed in: the last part of its path. */
export type SignInPlace = "authorize" | "device";

const SIGN_IN_WORDS: Readonly<Record<SignInPlace, string>> = {
  authorize: "A program asks for access to your tools. Sign in, and see which.",
  device: "A machine asks to be connected to your account. Sign in, and see which.",
};

/** Asks somebody to sign in first. `query` is what they came with. */
export function signInPage(
  { place, query, failed = false }: {
    readonly place: SignInPlace;
    readonly query: string;
    readonly failed?: boolean;
  },
): Promise<Response> {
  const content = html`
    <h1>Sign in to go on</h1>
    <p>${SIGN_IN_WORDS[place]}</p>
    ${failed
      ? html`<p class="warn" role="alert">That did not work. Check both, and wait a minute
after several attempts.</p>`
      : ""}
    <form method="post" action="/oauth/sign-in">
      <input type="hidden" name="place" value="${place}">
      <input type="hidden" name="query" value="${query}">
      <label>Address <input name="email" type="email" autocomplete="username" required autofocus></label>
      <label>Password <input name="password" type="password" autocomplete="current-password"
    required></label>
      <div class="buttons"><button class="main">Sign in</button></div>
    </form>
  `;
  return answerPage(content, { title: "Sign in", status: failed ? 401 : 200 });
}

/** Sends somebody back to the client with the answer. */
export function returnPage({ clientName }: Decided, next: string): Promise<Response> {
  // Not by a redirect: where a browser applies `form-action` to what comes after a form, no client
  // could be gone back to, and to name its address there would let nobody know where that leads on to.
  const content = html`
    <h1>Back to “${clientName}”</h1>
    <p>If nothing happens, <a href="${next}">go on</a>. You can close this page afterwards.</p>
  `;
  return answerPage(content, { title: "Back to the program", next });
}

/** Says that somebody has signed in to another server. */
export function signedInPage({ server }: { readonly server: string }): Promise<Response> {
  const content = html`
    <h1>You have signed in to “${server}”</h1>
    <p>Its tools can be called for you now. You can close this page.</p>
  `;
  return answerPage(content, { title: "Signed in" });
}

/** Says that a client's request will not do. Nobody is sent anywhere: it may be no client at all. */
export function faultPage(
  { state, suggestion = "Begin again from the program that wants to connect.", status }: {
    readonly state: string;
    readonly suggestion?: string;
    readonly status: number;
  },
): Promise<Response> {
  const content = html`
    <h1>This does not work</h1>
    <p>${state}</p>
    <p class="soft">${suggestion}</p>
  `;
  return answerPage(content, { title: "This does not work", status });
}
