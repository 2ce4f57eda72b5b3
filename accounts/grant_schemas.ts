import { z } from "zod";
import { NET_PATTERN } from "../spec/permissions.ts";

const netGrant = z.union([
  z.enum(["none", "public"]),
  z.array(z.string().max(255).regex(NET_PATTERN, "needs hosts such as api.example.com"))
    .max(100).readonly(),
]);

/** What calls may do, as it is stored and sent. */
export const permissionsSchema = z.strictObject({
  net: netGrant,
  netDirect: z.array(z.string().max(255)).max(100).readonly(),
  fs: z.enum(["none", "tmp"]),
});

const limit = z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional();

/** How much calls may use, as it is stored and sent. */
export const limitsSchema = z.strictObject({
  timeoutMs: limit,
  memoryBytes: limit,
  outputBytes: limit,
  logBytes: limit,
});
