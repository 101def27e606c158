/** Plots: drawn in stretched coordinates, with strokes that keep their width. */
export const PLOTS: string = `
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr)); gap: 12px; padding: 8px 12px; }
.plots.small { grid-template-columns: repeat(auto-fill, minmax(min(230px, 100%), 1fr)); }
.plot { min-width: 0; }
.plot figcaption { display: flex; align-items: baseline; gap: 8px; min-width: 0; }
.plot figcaption > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.plot figcaption strong { font-size: 12px; font-weight: 600; }
.plot figcaption .note { flex: 1; font-size: 11px; }
.legend { display: flex; gap: 0 10px; height: 18px; overflow: hidden; font-size: 11px; color: var(--muted); white-space: nowrap; }
.legend b { color: var(--text); font-weight: 600; }
.legend .at { margin-left: auto; }
.swatch { display: inline-block; width: 8px; height: 2px; margin-right: 4px; vertical-align: middle; background: var(--third); }
.swatch.first { background: var(--first); }
.swatch.second { background: var(--second); }
.swatch.target { background: var(--target); }
.swatch.threshold { background: var(--threshold); }
.plot-area { display: block; width: 100%; height: 92px; padding: 0; overflow: visible; touch-action: pan-y; }
.plots.small .plot-area, .alarm .plot-area { height: 68px; }
.times { display: flex; justify-content: space-between; font-size: 10px; line-height: 14px; color: var(--muted); }
.alarm .times { display: none; }
.drawing { overflow: visible; }
.drawing path { fill: none; vector-effect: non-scaling-stroke; }
.drawing .grid { stroke: var(--grid); stroke-width: 1; }
.drawing .line { stroke-width: 1.5; stroke-linejoin: round; stroke-linecap: round; stroke: var(--third); }
.drawing .line.first { stroke: var(--first); }
.drawing .line.second { stroke: var(--second); }
.drawing .area { stroke: none; fill: var(--first-area); }
.drawing .rule { stroke-width: 1; stroke-dasharray: 4 3; }
.drawing .rule.target { stroke: var(--target); }
.drawing .rule.threshold { stroke: var(--threshold); }
.drawing .cursor { stroke: var(--muted); stroke-width: 1; }
.axis { font-size: 10px; fill: var(--muted); paint-order: stroke; stroke: var(--surface); stroke-width: 3px; pointer-events: none; }
.sparkline { display: block; width: 100%; height: 24px; }
.sparkline .grid { stroke: none; }
`
