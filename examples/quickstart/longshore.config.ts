import { defineService } from '@longshore/scaler'

export default defineService({
  cluster: 'quickstart',
  service: 'documents',
  queue: 'documents',
  tasks: { min: 1, max: 8, concurrency: 10 },
  handling: { mean: '260ms' },
  objective: { wait: { p99: '10s' } },
})
