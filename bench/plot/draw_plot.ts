import { type Start, STARTS } from "../measurement.ts";
import { rounded } from "../statistics.ts";
import { type LogScale, logScale } from "./log_scale.ts";
import type { PlotRow } from "./plot_rows.ts";
import { PLOT_STYLE } from "./plot_style.ts";

/** What is written around the drawing. */
export interface PlotCaption {
  readonly title: string;
  /** Where and when it was measured. */
  readonly foot: string;
}

const WIDTH = 920;
const SCALE = { fromPx: 370, toPx: 850 };
const TOP = 104;
const ROW_HEIGHT = 48;
const FOOT_HEIGHT = 64;
const MEANINGS: Readonly<Record<Start, string>> = {
  warm: "warm: called there before",
  blank: "a waiting blank: nothing loaded yet",
  cold: "cold: nothing of it exists",
};

/**
 * An SVG that stands on its own: one line for each row, with its medians on a logarithmic axis. Rows
 * without values say why. @throws {RangeError} when no row has a value.
 */
export function drawPlot(rows: readonly PlotRow[], { title, foot }: PlotCaption): string {
  const scale = logScale(rows.flatMap(({ medianMs }) => Object.values(medianMs)), SCALE);
  const bottom = TOP + rows.length * ROW_HEIGHT;
  const height = bottom + FOOT_HEIGHT;
  const said = rows.map(({ name, medianMs, note }) => `${name}: ${spoken(medianMs, note)}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
    `width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(said.join("; "))}</desc>`,
    `<style>${PLOT_STYLE}</style>`,
    `<rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>`,
    text(title, { x: 24, y: 36, look: "title" }),
    ...legend(),
    ...axis(scale, bottom),
    ...rows.flatMap((row, at) => line(row, { scale, y: TOP + (at + 0.5) * ROW_HEIGHT })),
    text(foot, { x: 24, y: height - 16, look: "faint" }),
    "</svg>",
    "",
  ].join("\n");
}

function legend(): string[] {
  let x = 24;
  return (["warm", "blank", "cold"] as const).flatMap((start) => {
    const parts = [
      shape(start, { x: x + 6, y: 62 }),
      text(MEANINGS[start], { x: x + 18, y: 66, look: "value" }),
    ];
    x += 36 + MEANINGS[start].length * 6;
    return parts;
  });
}

function axis({ ticks, at }: LogScale, bottom: number): string[] {
  return ticks.flatMap((tick) => [
    `<line class="grid" x1="${px(at(tick))}" x2="${px(at(tick))}" y1="${TOP}" y2="${bottom}"/>`,
    text(`${tick} ms`, { x: at(tick), y: bottom + 18, look: "tick" }),
  ]);
}

function line(
  { name, medianMs, note }: PlotRow,
  { scale, y }: { readonly scale: LogScale; readonly y: number },
): string[] {
  const known = STARTS.flatMap((start) => {
    const value = medianMs[start];
    return value === undefined ? [] : [{ start, value, x: scale.at(value) }];
  });
  const head = text(name, { x: 24, y: y - 2, look: name.startsWith("Airlock") ? "own" : "" });
  if (known.length === 0) {
    const reason = note.length > 70 ? `${note.slice(0, 69)}…` : note;
    return [head, text("not measured", { x: 24, y: y + 14, look: "faint" })]
      .concat(text(reason, { x: SCALE.fromPx, y: y + 4, look: "faint" }));
  }
  const [from, to] = [Math.min(...known.map(({ x }) => x)), Math.max(...known.map(({ x }) => x))];
  return [
    head,
    text(note, { x: 24, y: y + 14, look: "faint" }),
    `<line class="span" x1="${px(from)}" x2="${px(to)}" y1="${y}" y2="${y}"/>`,
    ...known.map(({ start, x }) => shape(start, { x, y })),
    ...known.map(({ start, value, x }) => valueText(start, { value, x, y })),
  ];
}

/** Warm to the left of its mark, cold to the right, a blank above: they never meet. */
function valueText(
  start: Start,
  { value, x, y }: { readonly value: number; readonly x: number; readonly y: number },
): string {
  const shown = String(rounded(value));
  if (start === "warm") return text(shown, { x: x - 11, y: y + 4, look: "value left" });
  if (start === "cold") return text(shown, { x: x + 11, y: y + 4, look: "value" });
  return text(shown, { x, y: y - 10, look: "value above" });
}

function shape(start: Start, { x, y }: { readonly x: number; readonly y: number }): string {
  if (start === "blank") {
    const corners = [[x, y - 7], [x + 7, y], [x, y + 7], [x - 7, y]];
    return `<polygon class="blank" points="${corners.map((at) => at.map(px).join()).join(" ")}"/>`;
  }
  if (start === "warm") return `<circle class="warm" cx="${px(x)}" cy="${y}" r="6"/>`;
  return `<rect class="cold" x="${px(x - 5)}" y="${y - 5}" width="10" height="10"/>`;
}

function text(
  content: string,
  { x, y, look }: { readonly x: number; readonly y: number; readonly look: string },
): string {
  return `<text class="${look}" x="${px(x)}" y="${y}">${escaped(content)}</text>`;
}

function spoken(medianMs: PlotRow["medianMs"], note: string): string {
  const values = Object.entries(medianMs).map(([start, value]) => `${start} ${value} ms`);
  return values.length === 0 ? `not measured, ${note}` : values.join(", ");
}

function px(value: number): string {
  return String(Number(value.toFixed(1)));
}

function escaped(content: string): string {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
