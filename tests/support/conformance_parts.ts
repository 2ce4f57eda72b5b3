import type { JsonObject, JsonValue } from "../../spec/json.ts";

/** One red pixel. */
export const FIXTURE_PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
/** A moment of silence. */
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

const text = (words: string) => ({ type: "text", text: words });
const image = { type: "image", data: FIXTURE_PNG, mimeType: "image/png" };
const embedded = {
  type: "resource",
  resource: { uri: "test://embedded-resource", mimeType: "text/plain", text: "Embedded." },
};

/** What tools answer that only answer. */
export const FIXTURE_OUTPUTS: Readonly<Record<string, JsonValue>> = {
  test_simple_text: "This is a simple text response for testing.",
  test_image_content: { content: [image] },
  test_audio_content: { content: [{ type: "audio", data: WAV, mimeType: "audio/wav" }] },
  test_embedded_resource: { content: [embedded] },
  test_multiple_content_types: { content: [text("Several:"), image, embedded] },
  test_tool_with_logging: "done",
  test_tool_with_progress: "done",
  json_schema_2020_12_tool: "done",
};

/** What the suite wants to find unchanged. */
export const SCHEMA_2020 = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: {
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: { name: { type: "string" }, address: { $ref: "#/$defs/address" } },
  additionalProperties: false,
} as const;

const choices = (names: readonly string[]) =>
  names.map((name) => ({ const: name, title: `Choice ${name}` }));

/** A form with a default for each kind of value. */
export const ELICITED: JsonObject = {
  type: "object",
  properties: {
    name: { type: "string", default: "John Doe" },
    age: { type: "integer", default: 30 },
    score: { type: "number", default: 95.5 },
    status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean", default: true },
  },
};

const OPTIONS = ["option1", "option2", "option3"];
const VALUES = ["value1", "value2", "value3"];

/** A form with each kind of choice. */
export const ENUMS: JsonObject = {
  type: "object",
  properties: {
    untitledSingle: { type: "string", enum: OPTIONS },
    titledSingle: { type: "string", oneOf: choices(VALUES) },
    legacyEnum: {
      type: "string",
      enum: ["opt1", "opt2", "opt3"],
      enumNames: ["Option One", "Option Two", "Option Three"],
    },
    untitledMulti: { type: "array", items: { type: "string", enum: OPTIONS } },
    titledMulti: { type: "array", items: { anyOf: choices(VALUES) } },
  },
};
