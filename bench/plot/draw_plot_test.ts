import assert from "node:assert/strict";
import { drawPlot } from "./draw_plot.ts";

const CAPTION = { title: "Calls <fast>", foot: "here & now" };

Deno.test("drawPlot() places a row's marks by their logarithm", () => {
  const svg = drawPlot(
    [{ name: "one", medianMs: { warm: 0.1, blank: 1, cold: 10 }, note: "" }],
    CAPTION,
  );
  // From 370 to 850 pixels, over the two powers of ten between least and most.
  assert.match(svg, /<circle class="warm" cx="370"/);
  assert.match(svg, /<polygon class="blank" points="610,/);
  assert.match(svg, /<rect class="cold" x="845"/);
  assert.match(svg, />0\.1 ms<.*>1 ms<.*>10 ms</s);
});

Deno.test("drawPlot() shows why a row has no value", () => {
  const svg = drawPlot([
    { name: "one", medianMs: { warm: 1 }, note: "fresh" },
    { name: "two", medianMs: {}, note: "run npm: it is not here" },
  ], CAPTION);
  assert.match(svg, />not measured</);
  assert.match(svg, />run npm: it is not here</);
  assert.match(svg, /<desc[^>]*>one: warm 1 ms; two: not measured, run npm/);
});

Deno.test("drawPlot() lets no text become markup", () => {
  const note = `</text><script>"&`;
  const svg = drawPlot([{ name: note, medianMs: { cold: 3 }, note }], CAPTION);
  assert.doesNotMatch(svg, /<script|<fast>/);
  assert.match(svg, /&#60;script&#62;&#34;&#38;/);
});

Deno.test("drawPlot() refuses to draw nothing", () => {
  assert.throws(() => drawPlot([{ name: "one", medianMs: {}, note: "" }], CAPTION), RangeError);
});
