import { defineService } from '@longshore/scaler'

export default defineService({
  cluster: 'media',
  service: 'thumbnails',
  queue: 'thumbnails',
  tasks: { min: 0, max: 10, concurrency: 20 },
  handling: { mean: '400ms' },
  objective: { wait: { p99: '5m' } },
})
