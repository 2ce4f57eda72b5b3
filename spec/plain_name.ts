/** Longest name, in UTF-16 code units. */
export const MAX_NAME_CHARACTERS = 100;

/**
 * What nobody sees: control characters, what turns writing around, letters without a shape, and spaces
 * other than the two that are seen.
 */
const UNSEEN = String.raw`\p{C}\p{Zl}\p{Zp}\p{DI}\u2800\u00a0\u1680\u2000-\u200a\u202f\u205f`;

/** Text that shows as it is. A mark at the start would change what stands before it on a page. */
export const SHOWS_AS_IT_IS = new RegExp(`^(?!\\p{M})[^${UNSEEN}]+$`, "u");
