const IDENTIFIERS = String.raw`[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*`;
const EXACT = new RegExp(
  String
    .raw`^(?:0|[1-9]\d{0,15})(?:\.(?:0|[1-9]\d{0,15})){2}(?:-${IDENTIFIERS})?(?:\+${IDENTIFIERS})?$`,
);

/** Whether `version` is one exact version by semver 2.0.0 (https://semver.org), not a range or tag. */
export function isExactVersion(version: string): boolean {
  return version.length <= 256 && EXACT.test(version);
}
