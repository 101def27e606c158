import { defineService } from '../src/index.js'
import type { Service, ServiceConfig } from '../src/index.js'

/** A configuration that is right, to be made wrong or different in one place. */
export const thumbnails: ServiceConfig = {
  cluster: 'media',
  service: 'thumbnails',
  queue: 'thumbnails',
  tasks: { min: 0, max: 40, concurrency: 20 },
  handling: { mean: '400ms' },
  objective: { wait: { p99: '60s' } },
}

/** What there must be. */
export function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('There is none.')
  return value
}

export function serviceWith(changes: Partial<ServiceConfig> = {}): Service {
  return defineService({ ...thumbnails, ...changes })
}
