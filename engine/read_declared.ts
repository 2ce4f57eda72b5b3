import { readAirlockField } from "../runtime/artifact/airlock_field.ts";
import { declaredReport } from "../runtime/artifact/manifest.ts";
import { readTpmjsField } from "../runtime/artifact/tpmjs_field.ts";
import type { DeclaredPackage } from "../registry/sync/published_package.ts";
import type { JsonObject } from "../spec/json.ts";

/**
 * What a `package.json` says of its tools, without its code: the `tpmjs` field, or an `airlock` field
 * that lists them in the same way.
 */
export function readDeclared(packageJson: JsonObject): DeclaredPackage {
  const fields = packageJson.tpmjs === undefined && packageJson.airlock !== undefined
    ? { ...packageJson, tpmjs: packageJson.airlock }
    : packageJson;
  const { category, env } = readTpmjsField(fields);
  const { tools } = declaredReport(fields, "");
  return { category, env, tools, needs: readAirlockField(packageJson).needs };
}
