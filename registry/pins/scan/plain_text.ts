/** Letters of other scripts that look like Latin ones. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  ...{ а: "a", в: "b", е: "e", ё: "e", к: "k", м: "m", н: "h", о: "o", р: "p", с: "c", т: "t" },
  ...{ у: "y", х: "x", і: "i", ј: "j", ѕ: "s", ԁ: "d", ԛ: "q", ԝ: "w", һ: "h", ӏ: "l" },
  ...{ α: "a", β: "b", ε: "e", η: "n", ι: "i", κ: "k", ν: "v", ο: "o", ρ: "p", τ: "t", υ: "u" },
  ...{ χ: "x", γ: "y", ω: "w", ı: "i", ɡ: "g", ո: "n", օ: "o", ս: "u", հ: "h" },
};

/** Characters without width of their own, and soft hyphens. */
export const UNSEEN =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\u{e0000}-\u{e0fff}]/gu;

/**
 * A text as a model would read it: compatibility forms unified, what is unseen left out, lookalikes
 * replaced, in lower case, with single spaces and without quotes and emphasis.
 */
export function plainText(text: string): string {
  return text.normalize("NFKC").replaceAll(UNSEEN, "").toLowerCase()
    .replaceAll(/[^ -~]/gu, (letter) => LOOKALIKES[letter] ?? letter)
    .replaceAll(/[’`´]/g, "'").replaceAll(/[*"“”]/g, "").replaceAll(/\s+/g, " ");
}

/** The text that hides in tag characters, each of which stands for one of ASCII. */
export function tagText(text: string): string {
  return Array.from(text).map((character) => {
    const code = (character.codePointAt(0) ?? 0) - 0xe0000;
    return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : "";
  }).join("");
}
