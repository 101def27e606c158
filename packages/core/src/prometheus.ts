// `@longshore/core/prometheus`: the text that the health server serves at `/metrics`, for a server of your own.
export { metricsText as prometheusText } from './health/metrics-text.js'
