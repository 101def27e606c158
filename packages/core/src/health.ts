// `@longshore/core/health`: the server of `/live`, `/ready` and `/metrics` for what is no worker. No SDK.
export { HealthServer } from './health/health-server.js'
export type { HealthConfig, HealthSource } from './health/health-server.js'
export { exposition, samplesBy } from './health/exposition.js'
export type { Labels, Metric, MetricValue } from './health/exposition.js'
