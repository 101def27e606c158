/** What the panels list: queues, messages, services, tasks, alarms and what happened. */
export const LISTS: string = `
table { border-collapse: collapse; width: 100%; }
.queues { table-layout: fixed; min-width: 640px; }
.queues th, .queues td { padding: 5px 8px; text-align: right; vertical-align: middle; }
.queues thead th { font-size: 11px; font-weight: 500; color: var(--muted); width: 66px; }
.queues thead th:first-child, .queues tbody th { text-align: left; padding-left: 12px; }
.queues thead th:first-child { width: auto; }
.queues thead th:last-child { width: 140px; padding-right: 12px; }
.queues tbody tr { border-top: 1px solid var(--border); }
.queues tbody th { font-weight: 400; }
.queues tbody th .note { display: block; font-size: 11px; overflow-wrap: anywhere; }
.queues .figure.strong { font-weight: 600; }
.queues .figure.warn { font-weight: 600; }
.queues .figure.nothing { color: var(--muted); font-weight: 400; }
.queues .spark { padding-right: 12px; }
.queues tr.open { background: var(--sunken); }
.queues tr.details { border-top: 0; background: var(--sunken); }
.queues tr.details > td { padding: 0 0 8px; text-align: left; }
.details .note, .details .actions, .details .messages, .details .empty { padding-left: 12px; padding-right: 12px; overflow-wrap: anywhere; }
.details .note .note, .details .messages .note { padding: 0; }

.actions { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 8px; padding-top: 8px; }
.actions .buttons { margin-left: auto; }
.actions button { padding: 4px 12px; font-size: 13px; }
.buttons { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 6px; }
.send { display: flex; flex-wrap: wrap; flex: 1 1 320px; gap: 6px; align-items: flex-start; }
.send textarea { flex: 1 1 200px; }
.messages { padding-top: 10px; }
.messages-head { display: flex; align-items: center; justify-content: space-between; padding-bottom: 4px; }
.messages .rows { height: 240px; overflow-y: auto; border: 1px solid var(--border); border-radius: 6px; background: var(--surface); }
.message { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 14px; font-size: 12px; }
.message .chip { min-width: 62px; }
.messages pre { margin: 4px 0 2px; padding: 6px 8px; max-height: 160px; overflow: auto; border-radius: 4px; background: var(--sunken); white-space: pre-wrap; overflow-wrap: anywhere; }

.rows > li { padding: 5px 12px; }
.rows > li + li { border-top: 1px solid var(--border); }
.service { padding-bottom: 4px; }
.service + .service { border-top: 1px solid var(--border); }
.service > h3 { padding: 8px 12px; }
.service-head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; padding: 8px 12px 0; }
.service-head .counts { margin-left: auto; }
.deployments { padding: 4px 12px 0; }
.deployments .chip { margin-right: 8px; }
.policy { padding: 0 12px 6px; }
.tasks > .note { padding: 4px 12px; }
.tasks .rows { border-top: 1px solid var(--border); max-height: 480px; overflow-y: auto; }
.task { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 10px; min-height: 24px; }
.task .chip { min-width: 76px; }
.task .about { flex: 1 1 220px; min-width: 0; color: var(--muted); font-size: 12px; overflow-wrap: anywhere; }
.log { margin: 4px 0 6px; height: 180px; overflow: auto; padding: 6px 8px; border-radius: 6px; background: var(--sunken); border: 1px solid var(--border); font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 11.5px; }
.log div { white-space: pre-wrap; overflow-wrap: anywhere; }
.log time { margin-right: 10px; color: var(--muted); }

.panel-alarms .rows { max-height: 640px; overflow-y: auto; }
.alarm-head { display: flex; align-items: center; gap: 8px; min-width: 0; }
.alarm-head .chip { min-width: 58px; }
.alarm-head b { flex: 1; min-width: 0; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.alarm .plot { padding-top: 4px; }
.alarm .plot figcaption strong { font-weight: 400; color: var(--muted); }
.alarm .reason { padding-top: 3px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.feed { max-height: 460px; overflow-y: auto; }
.happening { display: grid; grid-template-columns: 60px minmax(0, 1fr); gap: 8px; border-left: 3px solid transparent; overflow-wrap: anywhere; }
.happening time { color: var(--muted); font-size: 12px; }
.happening.good { border-left-color: var(--good); }
.happening.bad { border-left-color: var(--bad); }
.happening.busy { border-left-color: var(--busy); }
.happening .kind { color: var(--muted); font-size: 11px; }
.happening .detail { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
`
