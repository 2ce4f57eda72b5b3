import { z } from "@hono/zod-openapi";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";

/** Any JSON object. */
export const jsonObject = z.custom<JsonObject>(isJsonObject, { message: "needs an object" });
