/** A logarithmic axis. */
export interface LogScale {
  /** Powers of ten, from the first to the last of the axis. */
  readonly ticks: readonly number[];
  /** Where a value stands, in pixels. */
  readonly at: (value: number) => number;
}

/**
 * An axis from `fromPx` to `toPx` that holds all values, ending at powers of ten.
 * @throws {RangeError} without values, or with one that is not above zero.
 */
export function logScale(
  values: readonly number[],
  { fromPx, toPx }: { readonly fromPx: number; readonly toPx: number },
): LogScale {
  if (values.length === 0 || !values.every((value) => value > 0)) {
    throw new RangeError("Drawing a scale: it needs values, all above zero");
  }
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  const ticks = Array.from({ length: last - first + 1 }, (_, n) => Number(`1e${first + n}`));
  const at = (value: number) =>
    fromPx + (Math.log10(value) - first) / (last - first) * (toPx - fromPx);
  return { ticks, at };
}
