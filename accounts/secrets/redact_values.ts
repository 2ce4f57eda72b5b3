import type { TextInPieces } from "../../spec/call_grant.ts";
import { secretForms } from "./secret_forms.ts";

/** What stands in place of a secret. */
export const REDACTED = "[redacted]";

/** Takes secrets out of text, by value. */
export interface Redactor {
  /** All of a text at once. */
  redact(text: string): string;
  /** Redacts text that comes in pieces, wherever they are cut; up to the longest secret is held back. */
  stream(): TextInPieces;
}

/**
 * Redacts these values, as they are and as they look in JSON, in URLs and in base64. Takes time in
 * proportion to the text times the number of values that begin alike.
 */
export function redactValues(values: Iterable<string>): Redactor {
  const forms = new Set([...values].flatMap(secretForms));
  const starts = new Map<string, string[]>();
  // The longest goes first: a value may begin with another one.
  for (const form of [...forms].sort((a, b) => b.length - a.length)) {
    starts.set(form[0]!, [...starts.get(form[0]!) ?? [], form]);
  }
  const redact = (text: string) => scan(text, { starts, isLast: true }).done;
  return {
    redact,
    stream() {
      let held = "";
      return {
        push(piece) {
          const { done, rest } = scan(held + piece, { starts, isLast: false });
          held = rest;
          return done;
        },
        end() {
          const done = redact(held);
          held = "";
          return done;
        },
      };
    },
  };
}

interface Scanned {
  readonly done: string;
  /** May be the start of a secret. */
  readonly rest: string;
}

interface ScanOptions {
  /** What is looked for, by its first character, the longest first. */
  readonly starts: ReadonlyMap<string, readonly string[]>;
  readonly isLast: boolean;
}

function scan(text: string, { starts, isLast }: ScanOptions): Scanned {
  let done = "";
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const forms = starts.get(text[at]!);
    if (!isLast && mayContinue(text, at, { forms })) break;
    const hit = forms?.find((form) => text.startsWith(form, at));
    if (hit === undefined) {
      at++;
      continue;
    }
    done += text.slice(from, at) + REDACTED;
    at += hit.length;
    from = at;
  }
  return { done: done + text.slice(from, at), rest: text.slice(at) };
}

/** Whether what follows could make the end of this text the start of a secret. */
function mayContinue(
  text: string,
  at: number,
  { forms = [] }: { readonly forms?: readonly string[] },
): boolean {
  const left = text.length - at;
  return forms.some((form) => form.length > left && form.startsWith(text.slice(at)));
}
