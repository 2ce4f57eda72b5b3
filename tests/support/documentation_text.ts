/** A shell command of a Markdown text, and the output it shows. */
export interface ShownCommand {
  readonly command: string;
  readonly output: unknown;
}

/** Every `sh` block that a `json` block follows. */
export function shownCommands(markdown: string): ShownCommand[] {
  const blocks = [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .map(([, language, text]) => ({ language, text: text! }));
  return blocks.flatMap(({ language, text }, index) => {
    if (language !== "sh") return [];
    const next = blocks[index + 1];
    if (next?.language !== "json") throw new Error(`no output is shown for ${text}`);
    return [{ command: text.trim(), output: JSON.parse(next.text) }];
  });
}

/** The rows of all tables whose header begins with these cells; code marks are taken off. */
export function tableRows(markdown: string, header: readonly string[]): string[][] {
  const lines = markdown.split("\n");
  const isHeader = (line: string) => {
    const cells = cellsOf(line);
    return header.every((name, index) => cells[index] === name);
  };
  const starts = [...lines.keys()].filter((at) => isHeader(lines[at]!));
  if (starts.length === 0) throw new Error(`no table with header ${header.join(" | ")}`);
  return starts.flatMap((start) => {
    const end = lines.findIndex((line, at) => at > start && !line.startsWith("|"));
    return lines.slice(start + 2, end < 0 ? undefined : end).map(cellsOf);
  });
}

function cellsOf(line: string): string[] {
  return line.split("|").slice(1, -1).map((cell) => cell.trim().replace(/^`(.*)`$/, "$1"));
}

/**
 * Where `actual` does not show what `shown` promises: every shown member must be there, `"…"` stands
 * for any text, and numbers that are measured may be any number. Empty when all is well.
 */
export function mismatches(shown: unknown, actual: unknown, path = "$"): string[] {
  if (shown === "…") return typeof actual === "string" ? [] : [`${path} is no text`];
  if (/Ms$/.test(path)) return typeof actual === "number" ? [] : [`${path} is no number`];
  if (typeof shown !== "object" || shown === null) {
    return Object.is(shown, actual) ? [] : [`${path} is ${JSON.stringify(actual)}`];
  }
  if (typeof actual !== "object" || actual === null) {
    return [`${path} is ${JSON.stringify(actual)}`];
  }
  if (Array.isArray(shown) && (!Array.isArray(actual) || shown.length !== actual.length)) {
    return [`${path} is ${JSON.stringify(actual)}`];
  }
  return Object.entries(shown).flatMap(([key, value]) =>
    mismatches(value, Reflect.get(actual, key), `${path}.${key}`)
  );
}
