import type { CompleteDraft } from './draft.js'

/** The text of a configuration file, with a comment for each line that somebody should look at. */
export function configText(draft: CompleteDraft): string {
  const { cluster, service, queue, region, min, max, concurrency, handling, wait } = draft
  return `import { defineService } from '@longshore/scaler'

export default defineService({
  cluster: '${cluster}',
  service: '${service}',
  queue: '${queue}',${region === undefined ? '' : `\n  region: '${region}',`}
  // concurrency: how many messages one task handles at a time, as the worker has it.
  tasks: { min: ${min}, max: ${max}, concurrency: ${concurrency} },
  // The mean time of one handling; the worker's figures show it.
  handling: { mean: '${handling}' },
  // How long 99 of 100 messages may wait before a task takes them.
  objective: { wait: { p99: '${wait}' } },
})
`
}
