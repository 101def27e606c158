import { defineService } from '@longshore/scaler'

export default defineService({
  cluster: 'search',
  service: 'bulk-index',
  queue: 'documents-to-index',
  // A slot holds a batch: two slots of a hundred messages each.
  tasks: { min: 0, max: 4, concurrency: 200 },
  handling: { mean: '900ms' },
  objective: { wait: { p99: '60s' } },
})
