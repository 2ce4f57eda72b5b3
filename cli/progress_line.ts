import { printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

/** A line on stderr that is written over by the next one, and gone at the end. */
export interface ProgressLine extends Disposable {
  show(text: string): void;
  clear(): void;
}

const ERASE = "\r\x1b[2K";
const WIDTH = 100;

/** Shows progress on a terminal; shows nothing elsewhere. */
export function progressLine(terminal: Terminal): ProgressLine {
  let shown = false;
  const clear = () => {
    if (shown) terminal.err(ERASE);
    shown = false;
  };
  return {
    show(text) {
      if (!terminal.stderrIsTerminal) return;
      terminal.err(`${ERASE}${printable(text.replaceAll(/\s+/g, " ")).slice(0, WIDTH)}`);
      shown = true;
    },
    clear,
    [Symbol.dispose]: clear,
  };
}
