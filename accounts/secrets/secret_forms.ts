/** Shorter values are not looked for: they are in half of all text, and no secrets. */
export const MIN_REDACTED_CHARACTERS = 4;

/** Lines of a value that are looked for on their own. */
const MIN_LINE_CHARACTERS = 16;

/** Shorter ones turn up by chance. */
const MIN_BASE64_CHARACTERS = 8;

/** How a secret may look in text: as it is, in JSON, in a URL, in base64, and line by line. */
export function secretForms(value: string): string[] {
  if (value.length < MIN_REDACTED_CHARACTERS) return [];
  const forms = [value, JSON.stringify(value).slice(1, -1), ...base64Forms(value)];
  if (value.isWellFormed()) forms.push(encodeURIComponent(value));
  // Private keys and the like are often written line by line.
  const lines = value.split(/\r?\n/).filter((line) => line.length >= MIN_LINE_CHARACTERS);
  return lines.length > 1 ? [...forms, ...lines] : forms;
}

/** Base64 groups three bytes: a value inside something longer looks different at each offset. */
function base64Forms(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  return [0, 1, 2].flatMap((offset) => {
    const padded = new Uint8Array(offset + bytes.length);
    padded.set(bytes, offset);
    // Only characters that no neighbouring byte has a part in.
    const first = Math.ceil(offset * 8 / 6);
    const last = Math.floor(padded.length * 8 / 6);
    const plain = padded.toBase64().slice(first, last);
    const forUrls = plain.replaceAll("+", "-").replaceAll("/", "_");
    return plain.length < MIN_BASE64_CHARACTERS ? [] : [plain, forUrls];
  });
}
