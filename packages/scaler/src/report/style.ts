/** The page's style: both colour schemes, and narrow screens. */
export const STYLE = `
:root { color-scheme: light dark; --page: #fff; --text: #1f2328; --faint: #636b74; --rule: #d9dde2; --tile: #f5f6f8;
  --c1: #2a6fdb; --c2: #c2410c; --good: #1a7f37; --bad: #c2210f; }
@media (prefers-color-scheme: dark) { :root { --page: #15181c; --text: #e4e7eb; --faint: #9aa3ad; --rule: #343a41;
  --tile: #1e2227; --c1: #6ea8fe; --c2: #ff9d5c; --good: #56d364; --bad: #ff7b72; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 60rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 0; } h3 { font-size: 1rem; margin: 1.5rem 0 0; }
p { margin: .25rem 0; } .faint, figcaption { color: var(--faint); } .good { color: var(--good); } .bad { color: var(--bad); }
section { border-top: 1px solid var(--rule); margin-top: 1.5rem; padding-top: 1.25rem; } section:first-of-type { border: 0; padding: 0; }
.traffic { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .5rem; margin: 1rem 0; }
dl div { background: var(--tile); border-radius: .4rem; padding: .5rem .7rem; }
dt { color: var(--faint); font-size: .85rem; } dd { margin: 0; font-size: 1.1rem; font-variant-numeric: tabular-nums; }
dd small { display: block; color: var(--faint); font-size: .8rem; }
figure { margin: 1.25rem 0; } figcaption { margin-bottom: .45rem; display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; }
.legend { display: flex; gap: 1rem; font-size: .85rem; } .legend i { display: inline-block; width: .9rem; height: 0;
  border-top: 2px solid; margin-right: .35rem; vertical-align: middle; }
.plot { display: flex; gap: .5rem; height: 9rem; } .plot svg { flex: 1; min-width: 0; height: 100%; overflow: visible; }
.axis { width: 4rem; display: flex; flex-direction: column; justify-content: space-between; text-align: right;
  font-size: .75rem; line-height: 1; margin: -.35rem 0; color: var(--faint); font-variant-numeric: tabular-nums; }
.times { display: flex; justify-content: space-between; padding-left: 4.5rem; font-size: .75rem; color: var(--faint); }
svg path { fill: none; vector-effect: non-scaling-stroke; } svg .grid { stroke: var(--rule); stroke-width: 1; }
svg .line { stroke-width: 1.5; } svg .area { opacity: .18; } svg .line.c1 { stroke: var(--c1); } svg .line.c2 { stroke: var(--c2); }
svg .area.c1 { fill: var(--c1); } svg .area.c2 { fill: var(--c2); } svg .limit { stroke: var(--bad); stroke-dasharray: 5 4; }
i.c1 { color: var(--c1); } i.c2 { color: var(--c2); } i.limit { color: var(--bad); border-top-style: dashed; }
.scroll { overflow-x: auto; margin: 1rem 0; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
th:first-child, td:first-child { text-align: left; } th { font-weight: 500; color: var(--faint); }
tbody th { padding-top: 1rem; text-align: left; } tr.configured td:first-child { font-weight: 650; }
details { border-top: 1px solid var(--rule); padding: .6rem 0; } summary { cursor: pointer; }
@media (max-width: 34rem) { body { font-size: 14px; padding: 1rem .75rem 2rem; } .axis { width: 3.2rem; } .times { padding-left: 3.7rem; }
  .plot { height: 7.5rem; } }
`
