/** What the DevTools protocol sends: an answer to a command, or an event. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

interface Evaluated {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
}

/** How long a condition in a page may take to come true, on a busy machine. */
const WAIT_MS = 60_000;

/** One page of a browser, through its DevTools socket. Disposing closes it. */
export class BrowserPage implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Message>>();
  #lastId = 0;
  /** URLs that the page asked for, by whatever means, refused ones included. */
  readonly requested: string[] = [];
  /** What the console shows as an error or a warning: exceptions, refusals by policy, failed loads. */
  readonly complaints: string[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#onMessage(JSON.parse(data));
  }

  /** Takes charge of the page behind a `webSocketDebuggerUrl`. */
  static async attach(url: string): Promise<BrowserPage> {
    const socket = new WebSocket(url);
    const page = new BrowserPage(socket);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await page.#ask(`${domain}.enable`);
    return page;
  }

  /** Goes to `url`; wait for what it shows with {@linkcode until}. */
  async show(url: string): Promise<void> {
    await this.#ask("Page.navigate", { url });
  }

  /** The value of an expression, awaited where it is a promise. */
  async evaluate(expression: string): Promise<unknown> {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.#ask("Runtime.evaluate", options) as Evaluated;
    if (exceptionDetails === undefined) return result.value;
    throw new Error(`evaluate in page: ${exceptionDetails.exception?.description}`);
  }

  /** Waits until an expression is true, and says what the page looked like where it never is. */
  async until(expression: string): Promise<void> {
    const deadline = Date.now() + WAIT_MS;
    while (Date.now() < deadline) {
      if (await this.evaluate(`Boolean(${expression})`) === true) return;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const text = await this.evaluate("document.body?.innerText");
    throw new Error(`wait for page: never ${expression}\n${this.complaints.join("\n")}\n${text}`);
  }

  /** Ends the whole browser; its process ends soon after. */
  async closeBrowser(): Promise<void> {
    await this.#ask("Browser.close");
    await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await closed;
  }

  async #ask(method: string, params: object = {}): Promise<object> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<Message>();
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answer.promise;
    if (result === undefined) throw new Error(`drive browser: ${method}: ${error?.message}`);
    return result;
  }

  #onMessage(message: Message): void {
    const { id, method, params } = message;
    if (id !== undefined) {
      this.#waiting.get(id)?.resolve(message);
      this.#waiting.delete(id);
      return;
    }
    if (method === "Network.requestWillBeSent") {
      const { request } = params as { request: { url: string } };
      this.requested.push(request.url);
    } else if (method === "Runtime.exceptionThrown") {
      this.complaints.push(JSON.stringify(params));
    } else if (method === "Log.entryAdded") {
      const { entry } = params as { entry: { level: string; text: string; url?: string } };
      if (entry.level === "error" || entry.level === "warning") {
        this.complaints.push(`${entry.level}: ${entry.text} ${entry.url ?? ""}`);
      }
    } else if (method === "Runtime.consoleAPICalled") {
      const { type } = params as { type: string };
      if (type === "error" || type === "warning") this.complaints.push(JSON.stringify(params));
    }
  }
}
