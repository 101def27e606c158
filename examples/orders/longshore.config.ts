import { defineService } from '@longshore/scaler'

export default defineService({
  cluster: 'shop',
  service: 'orders',
  queue: 'orders.fifo',
  tasks: { min: 1, max: 6, concurrency: 20 },
  handling: { mean: '120ms' },
  objective: { wait: { p99: '15s' } },
})
