/** What an object becomes before it is written as JSON. */
export type Conversion =
  /** Its own properties, or its items, are written. */
  | { readonly kind: "plain" }
  /** This is written in its place. */
  | { readonly kind: "value"; readonly value: unknown }
  /** The same, where the object's own `toJSON` said so: its result is not asked for another. */
  | { readonly kind: "by-to-json"; readonly value: unknown }
  /** It has no JSON form. */
  | { readonly kind: "refused"; readonly reason: string };
