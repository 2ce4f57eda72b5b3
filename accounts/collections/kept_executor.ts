import { z } from "zod";
import { SECRET_NAME_PATTERN } from "../secrets/secret_record.ts";

/** Longest URL of an executor. */
const MAX_URL_CHARACTERS = 2_048;

/**
 * Where calls run, as it is kept and shown: here, or at an executor whose token is a secret of that
 * name. Credentials in the URL are refused: they would be shown.
 */
export const keptExecutorSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("local") }),
  z.strictObject({
    kind: z.literal("remote"),
    url: z.string().max(MAX_URL_CHARACTERS).transform((text, context) => {
      const url = URL.parse(text);
      const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === "" &&
        url.password === "" && url.search === "" && url.hash === "";
      if (isPlain) return url.href.replace(/\/+$/, "");
      context.addIssue("needs an http(s) URL without credentials, query or fragment");
      return z.NEVER;
    }),
    tokenSecret: z.string().regex(SECRET_NAME_PATTERN, "needs the name of a secret").nullable()
      .default(null),
  }),
]);

/** {@linkcode keptExecutorSchema} read. */
export type KeptExecutor = z.output<typeof keptExecutorSchema>;
