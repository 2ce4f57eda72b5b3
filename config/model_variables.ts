import { z } from "zod";
import { optional, secret, variable } from "./annotate_variable.ts";
import { executorUrl, wholeNumber } from "./parsers.ts";

/** Variables about the model that guesses schemas where nothing describes a tool's parameters. */
export const MODEL_VARIABLES = {
  AIRLOCK_SCHEMA_MODEL_URL: optional(
    executorUrl(),
    "API like OpenAI's, as https://model.example/v1, that guesses schemas; nobody does when unset",
  ),
  AIRLOCK_SCHEMA_MODEL: optional(z.string().max(200), "Name of the model that guesses schemas"),
  AIRLOCK_SCHEMA_MODEL_KEY: secret("Sent to AIRLOCK_SCHEMA_MODEL_URL"),
  AIRLOCK_SCHEMA_MODEL_TIMEOUT_MS: variable(
    wholeNumber(100, 120_000),
    "15000",
    "Longest wait for a guess",
  ),
};
