/** What a definition of a tool may be suspected of. */
export const FINDING_RULES = [
  /** Characters that nobody sees: zero width, tags, variation selectors. */
  "invisible-text",
  /** Characters that turn the direction of what stands around them. */
  "bidirectional-text",
  /** Terminal sequences and other control characters. */
  "control-character",
  /** A word of more than one script, or of letters that only look like others. */
  "mixed-scripts",
  /** An order to the model that reads it. */
  "instruction",
  /** Markup by which models tell who is speaking. */
  "role-markup",
  /** Something that is to be kept from the user. */
  "secrecy",
  /** What is nobody's business: keys, configuration, private files. */
  "private-file",
  /** Data that is to be sent along or away. */
  "exfiltration",
  /** What other tools do, or are to be kept from doing. */
  "other-tool",
  /** Text that cannot be read as it stands. */
  "encoded-text",
  /** More than anybody reads, or room to hide something in. */
  "oversize",
  /** A sentence where a name belongs. */
  "odd-name",
] as const;

/** One of {@linkcode FINDING_RULES}. */
export type FindingRule = typeof FINDING_RULES[number];

/** How much a finding says: `high` has no good explanation that we know of. */
export type FindingSeverity = "low" | "medium" | "high";

/** One suspicious place in a definition. */
export interface DefinitionFinding {
  readonly rule: FindingRule;
  readonly severity: FindingSeverity;
  /** JSON pointer into the definition. */
  readonly where: string;
  /** What stands there, with everything escaped that is not plainly visible. */
  readonly excerpt: string;
}
