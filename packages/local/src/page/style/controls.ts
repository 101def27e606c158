/** What is pressed, written into, or read as a mark. */
export const CONTROLS: string = `
button, select, input, textarea {
  font: inherit;
  color: inherit;
  background: var(--surface);
  border: 1px solid var(--border);
  border-radius: 6px;
}
button { padding: 4px 12px; cursor: pointer; white-space: nowrap; }
button:hover { border-color: var(--muted); }
button.small { padding: 1px 8px; font-size: 12px; }
button.danger { background: var(--bad); border-color: var(--bad); color: var(--surface); }
button[aria-busy='true'] { opacity: 0.5; cursor: progress; }
button[aria-pressed='true'] { background: var(--plain-area); }
button.name { padding: 0; border: 0; background: none; color: var(--accent); font-weight: 600; text-align: left; white-space: normal; overflow-wrap: anywhere; }
button.name:hover { text-decoration: underline; }
button.name.mono { font-weight: 500; }
select { padding: 2px 4px; max-width: 100%; }
input, textarea { padding: 4px 8px; min-width: 0; }
textarea { resize: vertical; font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 12px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
button.name:focus-visible, .disclosure button:focus-visible { border-radius: 3px; }

.chip { display: inline-block; flex: none; padding: 0 7px; border-radius: 9px; font-size: 11px; line-height: 18px; font-weight: 600; text-align: center; white-space: nowrap; }
.chip.good { background: var(--good-area); color: var(--good); }
.chip.bad { background: var(--bad-area); color: var(--bad); }
.chip.busy { background: var(--busy-area); color: var(--busy); }
.chip.plain { background: var(--plain-area); color: var(--muted); }
.warn { color: var(--bad); }

.disclosure { display: flex; align-items: baseline; justify-content: space-between; gap: 8px; padding: 4px 12px; border-top: 1px solid var(--border); }
.disclosure button { flex: 1; padding: 2px 0; border: 0; background: none; text-align: left; font-weight: 600; font-size: 12px; overflow-wrap: anywhere; white-space: normal; }
.disclosure .mark { display: inline-block; width: 14px; color: var(--muted); }

.stepper { display: inline-flex; align-items: center; gap: 6px; }
.stepper output { min-width: 3ch; text-align: center; font-weight: 600; }
`
