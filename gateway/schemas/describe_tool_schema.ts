import { z } from "@hono/zod-openapi";
import type { DescribeRequest } from "../../spec/description.ts";
import { packageFields, present } from "./package_fields.ts";

/** Body of `POST /describe-tool` and `POST /list-exports`. */
export const describePackageSchema = z.object({
  ...packageFields,
  name: z.string().min(1).max(256).nullish().openapi({
    description: "Only this tool; every tool when absent",
  }),
}).openapi("DescribeToolRequest");

/** Body of the older `POST /load-and-describe`, which is about one tool. */
export const loadAndDescribeSchema = z.object({
  ...packageFields,
  name: z.string().min(1).max(256),
}).openapi("LoadAndDescribeRequest");

/** The request in the describer's words. */
export function describeRequest(body: z.output<typeof describePackageSchema>): DescribeRequest {
  return present<DescribeRequest>({
    packageName: body.packageName,
    version: body.version,
    source: body.source,
    importUrl: body.importUrl,
  });
}
