import type { CompleteDraft } from './draft.js'

/** The text of a configuration file, with a comment for each line that somebody should look at. */
export function configText(draft: CompleteDraft): string {
  const { cluster, service, min, max, concurrency, handling, wait } = draft
  return `import { defineService } from '@longshore/scaler'

export default defineService({
  cluster: '${cluster}',
  service: '${service}',
  ${[queueText(draft), ...regionText(draft)].join('\n  ')}
  // concurrency: how many messages one task handles at a time, as the worker has it.
  tasks: { min: ${min}, max: ${max}, concurrency: ${concurrency} },
  // The mean time of one handling; the worker's figures show it.
  handling: { mean: '${handling}' },
  // How long 99 of 100 messages may wait before a task takes them.
  objective: { wait: { p99: '${wait}' } },
${policiesText(draft)}})
`
}

function queueText({ queue, queues }: CompleteDraft): string {
  if (queues === undefined) return `queue: '${queue}',`
  return `queues: [${queues.map((name) => `{ name: '${name}' }`).join(', ')}],`
}

function regionText({ region }: CompleteDraft): string[] {
  return region === undefined ? [] : [`region: '${region}',`]
}

function policiesText({ cpu, memory }: CompleteDraft): string {
  const policies = Object.entries({ cpu, memory }).flatMap(([name, target]) =>
    target === undefined ? [] : [`${name}: { target: ${target} }`],
  )
  if (policies.length === 0) return ''
  return `  // They add tasks; what follows the queue takes them away.
  policies: { ${policies.join(', ')} },
`
}
