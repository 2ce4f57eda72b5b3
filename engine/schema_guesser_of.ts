import type { Config } from "../config.ts";
import { createModelGuesser } from "../runtime/artifact/types/model_guesser.ts";
import type { SchemaGuesser } from "../spec/schema_guesser.ts";

/** Who guesses schemas, as configured; `undefined` where nobody does. */
export function schemaGuesserOf(
  { schemaModel }: Pick<Config, "schemaModel">,
): SchemaGuesser | undefined {
  if (schemaModel === undefined) return undefined;
  return createModelGuesser({ ...schemaModel, key: schemaModel.key?.reveal() });
}
