import type { BridgeNow } from "../../bridge/bridge_state.ts";
import type { ApprovalAnswer, ApprovalQuestion } from "../../bridge/tool_approvals.ts";
import type { Terminal } from "../terminal.ts";
import { printable } from "../printable.ts";

/** Servers and lines of what happened that are shown, and the longest description of a tool. */
const MAX_SERVERS = 20;
const MAX_LINES = 10;
const MAX_DESCRIPTION_CHARACTERS = 200;

/** How often it is drawn at most. */
const DRAW_MS = 100;

/** A key that was pressed before anybody could have read the question is no answer to it. */
const READ_MS = 500;

const ANSWERS: Readonly<Record<string, ApprovalAnswer>> = { y: "yes", a: "always", n: "no" };

/** What whoever looks on sees of a bridge: its servers, what happened last, and what they are asked. */
export class LiveView implements Disposable {
  readonly #terminal: LiveTerminal;
  readonly #title: string;
  readonly #lines: string[] = [];
  #state: BridgeNow | undefined;
  #question: Question | undefined;
  #drawn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #keys: Disposable | undefined;
  #isOver = false;

  constructor(terminal: LiveTerminal, { title }: { readonly title: string }) {
    this.#terminal = terminal;
    this.#title = title;
  }

  /** Shows how it is now. */
  show(state: BridgeNow): void {
    this.#state = state;
    this.#draw();
  }

  /** Shows that something happened. */
  add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
    this.#draw();
  }

  /** Asks, and waits for a key; `no` once the signal aborts. */
  async ask(question: ApprovalQuestion, signal: AbortSignal): Promise<ApprovalAnswer> {
    const answered = Promise.withResolvers<ApprovalAnswer>();
    const onAbort = () => answered.resolve("no");
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    // Listened to from the first question on: what is never asked needs no keys.
    this.#keys ??= this.#terminal.onKey((key) => this.#press(key));
    const from = performance.now() + READ_MS;
    this.#question = { question, answer: answered.resolve, from };
    this.#draw();
    try {
      return await answered.promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#question = undefined;
      this.#draw();
    }
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#keys?.[Symbol.dispose]();
    this.#paint();
  }

  #press(key: string): void {
    const answer = ANSWERS[key.toLowerCase()];
    const asked = this.#question;
    if (answer === undefined || asked === undefined || performance.now() < asked.from) return;
    asked.answer(answer);
  }

  #draw(): void {
    if (this.#isOver) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#paint();
    }, DRAW_MS);
  }

  /** Over what was drawn before: no line may be longer than the terminal is wide. */
  #paint(): void {
    const columns = Math.max(20, this.#terminal.columns() - 1);
    const lines = [
      ...this.#content().map((line) => wrap(line, columns)[0] ?? ""),
      // To the end: what is cut off could be what it is about.
      ...this.#asked().flatMap((line) => wrap(line, columns)),
    ];
    const back = this.#drawn === 0 ? "" : `\x1b[${this.#drawn}F\x1b[J`;
    this.#drawn = lines.length;
    this.#terminal.out(`${back}${lines.map((line) => `${line}\n`).join("")}`);
  }

  #content(): string[] {
    const { connected = false, servers = [] } = this.#state ?? {};
    const width = Math.max(0, ...servers.map(({ id }) => id.length));
    return [
      `${this.#title} – ${connected ? "connected" : "not connected"}`,
      ...servers.slice(0, MAX_SERVERS).map(({ id, state, tools }) =>
        `  ${id.padEnd(width)}  ${state}${state === "ready" ? `, ${tools} tools` : ""}`
      ),
      ...(servers.length > MAX_SERVERS ? [`  and ${servers.length - MAX_SERVERS} more`] : []),
      "",
      ...this.#lines,
    ];
  }

  #asked(): string[] {
    return this.#question === undefined ? [] : ["", ...wordsOf(this.#question.question)];
  }
}

/** A line in as many as it takes, with nothing in it that a terminal would act on. */
function wrap(line: string, columns: number): string[] {
  const characters = [...printable(line).replaceAll(/[\n\t]/g, " ")];
  const count = Math.max(1, Math.ceil(characters.length / columns));
  return Array.from(
    { length: count },
    (_, at) => characters.slice(at * columns, (at + 1) * columns).join(""),
  );
}

/** What a {@linkcode LiveView} is drawn on. */
export type LiveTerminal = Pick<Terminal, "out" | "columns" | "onKey">;

interface Question {
  readonly question: ApprovalQuestion;
  readonly answer: (answer: ApprovalAnswer) => void;
  /** Before that, no key counts. */
  readonly from: number;
}

function wordsOf({ serverId, toolName, description, args, caller }: ApprovalQuestion): string[] {
  return [
    `May ${caller} call ${serverId} ${toolName}?`,
    ...(description === "" ? [] : [`  ${description.slice(0, MAX_DESCRIPTION_CHARACTERS)}`]),
    `  ${args}`,
    "  y: this time   a: always, as long as the tool stays as it is   n: no",
  ];
}
