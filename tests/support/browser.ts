import { join } from "node:path";
import { BrowserPage } from "./browser_page.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** How long a browser may take to say where it can be driven, on a busy machine. */
const START_TIMEOUT_MS = 60_000;

/** The first browser that `PATH` has. */
export async function findBrowser(path: string): Promise<string | undefined> {
  for (const name of NAMES) {
    for (const directory of path.split(":").filter((entry) => entry !== "")) {
      const candidate = join(directory, name);
      // A directory of `PATH` may be absent, and most hold no browser.
      const found = await Deno.stat(candidate).catch(() => null);
      if (found?.isFile) return candidate;
    }
  }
  return undefined;
}

/** A headless browser with a profile of its own, driven by the DevTools protocol. */
export class Browser implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #profile: string;
  readonly #debuggingUrl: string;

  private constructor(process: Deno.ChildProcess, profile: string, debuggingUrl: string) {
    this.#process = process;
    this.#profile = profile;
    this.#debuggingUrl = debuggingUrl;
  }

  /** Starts `program` and waits until it can be driven. */
  static async start(program: string): Promise<Browser> {
    const profile = await Deno.makeTempDir({ prefix: "airlock-browser-" });
    const process = new Deno.Command(program, {
      args: [
        "--headless",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        "--disable-background-networking",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--no-proxy-server",
        // It shows nothing but our own page, and its sandbox does not start as root.
        "--no-sandbox",
        "about:blank",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const port = await portOf(profile);
      return new Browser(process, profile, `http://127.0.0.1:${port}`);
    } catch (error) {
      await end(process, profile);
      throw error;
    }
  }

  /** A page that shows nothing yet. */
  async newPage(): Promise<BrowserPage> {
    const response = await fetch(`${this.#debuggingUrl}/json/new`, { method: "PUT" });
    const target: { webSocketDebuggerUrl: string } = await response.json();
    return await BrowserPage.attach(target.webSocketDebuggerUrl);
  }

  /** Ends the browser with all that it started, and removes its profile. */
  async [Symbol.asyncDispose](): Promise<void> {
    const page = await this.newPage();
    await page.closeBrowser();
    await end(this.#process, this.#profile);
  }
}

/** The port stands in a file that the browser writes once it listens. */
async function portOf(profile: string): Promise<number> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    // Until then the file is not there.
    const text = await Deno.readTextFile(join(profile, "DevToolsActivePort")).catch(() => "");
    const port = Number(text.split("\n")[0]);
    if (port > 0) return port;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`start browser: not listening after ${START_TIMEOUT_MS} ms`);
}

async function end(process: Deno.ChildProcess, profile: string): Promise<void> {
  const late = setTimeout(() => process.kill("SIGKILL"), 10_000);
  await process.status;
  clearTimeout(late);
  await Deno.remove(profile, { recursive: true });
}
