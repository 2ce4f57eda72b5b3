/**
 * Looks of the drawing. It has a ground of its own, since a page in one scheme may be read on a
 * machine in the other; shapes differ as well as colours.
 */
export const PLOT_STYLE = `
:root {
  --ground: #ffffff; --edge: #d0d7de; --ink: #1f2328; --faint: #59636e; --grid: #e4e8ec;
  --cold: #0b5cad; --blank: #8250df; --warm: #b35900;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1117; --edge: #3d444d; --ink: #f0f6fc; --faint: #9198a1; --grid: #262c34;
    --cold: #6cb6ff; --blank: #cda8ff; --warm: #ffa657;
  }
}
text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: var(--ink); }
.title { font-size: 17px; font-weight: 600; }
.own { font-weight: 600; }
.faint, .tick { font-size: 11px; fill: var(--faint); }
.tick, .above { text-anchor: middle; }
.left { text-anchor: end; }
.value { font-size: 11px; font-variant-numeric: tabular-nums; }
.ground { fill: var(--ground); stroke: var(--edge); }
.grid { stroke: var(--grid); }
.span { stroke: var(--edge); stroke-width: 2; }
.cold { fill: var(--ground); stroke: var(--cold); stroke-width: 2.5; }
.blank { fill: var(--blank); }
.warm { fill: var(--warm); }
`;
