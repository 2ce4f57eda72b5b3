import type { StandardSchemaV1 } from "@modelcontextprotocol/client";
import { isJsonObject, type JsonObject } from "../spec/json.ts";

/**
 * What a call of a tool must answer with here: it is passed on as it is. The gateway looks at all of it
 * before anybody else sees it, and a second look takes as long as the rest of the call.
 */
export const PASSED_RESULT: StandardSchemaV1<unknown, JsonObject> = {
  "~standard": {
    version: 1,
    vendor: "airlock",
    validate: (value) =>
      isJsonObject(value) ? { value } : { issues: [{ message: "is not the result of a tool" }] },
  },
};
