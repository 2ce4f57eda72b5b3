import { AirlockError } from "../../spec/errors.ts";
import { locateJsonFault } from "./locate_json_fault.ts";
import { nestsDeeperThan } from "./nests_deeper_than.ts";
import { type BodyBounds, readBody } from "./read_body.ts";

/** Deepest nesting of arrays and objects in a request. */
export const MAX_NESTING = 128;

/**
 * Reads a JSON body. The content type has been checked before.
 * @throws {AirlockError} `payload_too_large`, or `invalid_input` saying where the text is wrong.
 */
export async function readJsonBody(request: Request, bounds: BodyBounds): Promise<unknown> {
  const text = await readBody(request, bounds);
  if (nestsDeeperThan(text, MAX_NESTING)) {
    throw new AirlockError(
      "invalid_input",
      `parse body: nested deeper than ${MAX_NESTING} levels`,
      {
        stage: "request",
      },
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(text, error);
  }
}

/** The engine's own message quotes the text, which may hold secrets; ours gives the place only. */
function malformed(text: string, cause: unknown): AirlockError {
  const fault = locateJsonFault(text);
  const place = text.trim() === ""
    ? "the body is empty"
    : `not JSON at line ${fault?.line ?? 1}, column ${fault?.column ?? 1}`;
  return new AirlockError("invalid_input", `parse body: ${place}`, {
    stage: "request",
    suggestion: "Send a JSON object with content-type application/json.",
    details: fault === undefined ? {} : { ...fault },
    cause,
  });
}
