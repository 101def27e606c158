/** Where a table has no room: each queue is a block, its figures with their names. */
export const NARROW: string = `
@media (max-width: 700px) {
  .queues { min-width: 0; }
  .queues, .queues tbody { display: block; }
  .queues thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .queues tbody tr { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); padding: 6px 12px; gap: 2px 8px; }
  .queues tbody th { grid-column: 1 / -1; padding: 0; }
  .queues td.figure { display: flex; justify-content: space-between; padding: 0; }
  .queues td.figure::before { content: attr(data-label); color: var(--muted); font-weight: 400; }
  .queues td.spark { grid-column: 1 / -1; padding: 2px 0 0; }
  .queues tbody tr.details { display: block; padding: 0; }
  .queues tr.details > td { display: block; }
  .service-head .counts { margin-left: 0; }
  .feed { max-height: 360px; }
}
`
