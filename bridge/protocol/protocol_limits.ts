/** Spoken by both ends; another number is another protocol. */
export const PROTOCOL_VERSION = 1;

/** How much either end takes from the other. What is more ends the connection. */
export const PROTOCOL_LIMITS = {
  /** Of one WebSocket message. */
  maxFrameCharacters: 512 * 1024,
  /** Longer messages are sent in parts of this length. */
  chunkCharacters: 128 * 1024,
  /** Of a message put together again: an image of 20 MB in base64 fits. */
  maxMessageCharacters: 32 * 1024 * 1024,
  /** Messages that are being put together at a time. */
  maxAssemblies: 8,
  /** What may wait to be sent before the other end counts as gone. */
  maxQueuedCharacters: 96 * 1024 * 1024,
  /** What may be on its way before the rest waits. */
  highWaterBytes: 2 * 1024 * 1024,
  maxServers: 50,
  maxTools: 1_000,
  /** Of one server. */
  maxResources: 200,
  maxPrompts: 200,
  /** Of a prompt's arguments, and of the value of one. */
  maxArguments: 50,
  maxArgumentCharacters: 128 * 1024,
  maxDescriptionCharacters: 16 * 1024,
  /** Of one JSON Schema, written out. */
  maxSchemaCharacters: 128 * 1024,
  /** Levels of a message. */
  maxDepth: 100,
  maxTextCharacters: 2_000,
} as const;

/** What a bridge says that it can do, beside answering calls of tools. */
export const LIBRARY_FEATURE = "library";

/** Why a connection was closed, where a code of the standard does not say it. */
export const CLOSE_CODES = {
  /** The gateway stops: connect again. */
  goingAway: 1001,
  /** The other end does not keep to the protocol. */
  violation: 1008,
  tooLarge: 1009,
  /** The gateway could not do its part: connect again. */
  failed: 1011,
  /** Another connection of the same bridge came: do not connect again. */
  replaced: 4001,
  /** The key is no longer valid: do not connect again. */
  revoked: 4003,
  /** The account has too many bridges: do not connect again. */
  tooMany: 4009,
  /** Nothing was heard for too long: connect again. */
  silent: 4008,
} as const;
