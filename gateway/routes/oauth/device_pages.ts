import { html } from "hono/html";
import type { DecidedLogin } from "../../../accounts/device/decide_device_login.ts";
import type { OpenedLogin } from "../../../accounts/device/open_device_login.ts";
import { showUserCode } from "../../../accounts/device/user_code.ts";
import { answerPage } from "./answer_page.ts";

/** What somebody is asked about a machine. */
export interface DeviceQuestion extends OpenedLogin {
  /** Whether the machine asked from where the browser is. */
  readonly isNear: boolean;
  /** Who is asked, in their own words. */
  readonly person: string;
}

/** Asks for the code that a machine shows. */
export function codePage({ failed = false } = {}): Promise<Response> {
  const content = html`
    <h1>Connect a machine</h1>
    <p>Type the code that <code>airlock bridge login</code> shows on your machine.</p>
    <p class="warn">Nobody who works for you or for this gateway ever asks you to type a code that they
    send you. Whoever does wants to get at your account.</p>
    ${failed
      ? html`<p class="warn" role="alert">There is no such code, or it is over. Check it, or begin again
on the machine.</p>`
      : ""}
    <form method="get" action="/oauth/device">
      <label>Code <input name="user_code" class="code" autocomplete="off" autocapitalize="characters"
    spellcheck="false" maxlength="20" placeholder="XXXX-XXXX" required autofocus></label>
      <div class="buttons"><button class="main">Go on</button></div>
    </form>
  `;
  return answerPage(content, { title: "Connect a machine", status: failed ? 404 : 200 });
}

/** Asks somebody whether a machine may connect. */
export function devicePage(question: DeviceQuestion): Promise<Response> {
  const { userCode, machine, address, askedAt, isNear, person, request } = question;
  const content = html`
    <h1>Connect the machine “${machine}” to your account?</h1>
    <p class="code">${showUserCode(userCode)}</p>
    <p class="warn">Go on only if you have just run <code>airlock bridge login</code> yourself, and that
    machine shows this code. If somebody sent you the code or a link, do not allow it: their machine
    would be connected as yours.</p>
    <dl>
      <dt>Machine</dt>
      <dd><strong>${machine}</strong> <span class="soft">(what it calls itself)</span></dd>
      <dt>Asked from</dt>
      <dd>${address} ${// Behind a proxy that nobody configured all are of one place: that proves nothing, so it is not said.
      isNear ? "" : html`<strong class="warn">(not where you are)</strong>`}</dd>
      <dt>Asked at</dt>
      <dd>${askedAt.toISOString().slice(0, 19).replace("T", " ")} UTC</dd>
      <dt>May do</dt>
      <dd><code>bridge:connect</code></dd>
      <dt>You are</dt>
      <dd>${person}</dd>
    </dl>
    <p class="soft">It may offer tools of that machine to you, and answer when you call them. It cannot
    call tools, nor see anything else of your account. Take it back at any time: its key is called
    <code>bridge ${machine}</code>.</p>
    <form method="post" action="/oauth/device">
      <input type="hidden" name="request" value="${request}">
      <div class="buttons">
        <button name="decision" value="deny">Do not allow</button>
        <button name="decision" value="allow" class="main">Allow</button>
      </div>
    </form>
  `;
  return answerPage(content, { title: "Connect a machine" });
}

/** Says that a question is answered. The machine finds out by itself. */
export function decidedPage({ machine, isAllowed }: DecidedLogin): Promise<Response> {
  const content = isAllowed
    ? html`
      <h1>“${machine}” is connected to your account</h1>
      <p>It finds out by itself within seconds. You can close this page.</p>
    `
    : html`
      <h1>“${machine}” was not allowed</h1>
      <p>It gets nothing. You can close this page.</p>
    `;
  return answerPage(content, { title: isAllowed ? "Allowed" : "Not allowed" });
}
