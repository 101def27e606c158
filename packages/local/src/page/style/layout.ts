/** Where things are: a bar, two columns that become one where there is no room, and panels. */
export const LAYOUT: string = `
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 13px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, ul, ol, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 15px; font-weight: 650; white-space: nowrap; }
h2 { font-size: 13px; font-weight: 650; }
h3 { font-size: 13px; font-weight: 600; }
code, pre, .mono { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 12px; }
.muted, .note { color: var(--muted); }
.note { font-size: 12px; font-weight: 400; }
.loading { padding: 24px; color: var(--muted); }

.bar {
  position: sticky;
  top: 0;
  z-index: 2;
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 6px 18px;
  padding: 8px 16px;
  background: var(--surface);
  border-bottom: 1px solid var(--border);
}
.bar-end { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 16px; margin-left: auto; }
.choice { display: inline-flex; align-items: center; gap: 6px; }
.clock { display: inline-flex; align-items: baseline; gap: 6px; }
.clock time { font-size: 15px; font-weight: 600; min-width: 8ch; text-align: right; }
.scale { padding: 0 6px; border-radius: 9px; background: var(--busy-area); color: var(--busy); font-size: 12px; font-weight: 600; }
.live { display: inline-flex; align-items: center; gap: 6px; font-size: 12px; }
.live::before { content: ''; width: 8px; height: 8px; border-radius: 50%; background: var(--good); }
.live.off { color: var(--bad); }
.live.off::before { background: var(--bad); }

main { display: grid; grid-template-columns: minmax(0, 1fr) 400px; gap: 12px; align-items: start; max-width: 1720px; margin: 0 auto; padding: 12px 16px 64px; }
main.stale { opacity: 0.6; }
.column { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; }
.panel { background: var(--surface); border: 1px solid var(--border); border-radius: 8px; overflow: hidden; }
.panel-head { display: flex; align-items: baseline; justify-content: space-between; gap: 12px; padding: 8px 12px; border-bottom: 1px solid var(--border); }
.empty { padding: 14px 12px; }
.empty > * + * { margin-top: 8px; }
.scroller { overflow-x: auto; }
.command { display: flex; align-items: flex-start; gap: 8px; padding: 8px; border-radius: 6px; background: var(--sunken); border: 1px solid var(--border); }
.command code { flex: 1; min-width: 0; overflow-wrap: anywhere; }

.notice {
  position: fixed;
  left: 50%;
  bottom: 16px;
  z-index: 3;
  transform: translateX(-50%);
  max-width: min(720px, calc(100vw - 24px));
  padding: 8px 14px;
  border-radius: 8px;
  background: var(--text);
  color: var(--surface);
  box-shadow: 0 4px 16px #0003;
  visibility: hidden;
}
.notice.shown { visibility: visible; }
.notice.error { background: var(--bad); }

@media (max-width: 1080px) {
  main { grid-template-columns: minmax(0, 1fr); }
  .column { display: contents; }
  .panel-metrics { order: 1; }
}
@media (max-width: 560px) {
  .bar { position: static; padding: 8px 10px; }
  .bar-end { margin-left: 0; }
  main { padding: 8px 8px 64px; gap: 8px; }
}
`
