import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Calls } from './calls.js'
import { dimensionForms } from '../plan/render/form.js'
import type { Aws, MetricSample } from './port.js'

/** PutMetricData takes that many values (CloudWatch quotas). */
const MAX_SAMPLES = 1_000

/** What publishing asks of CloudWatch. */
export function metricCalls(client: CloudWatchClient, calls: Calls): Pick<Aws, 'publishMetrics'> {
  const put = async (
    namespace: string,
    samples: readonly MetricSample[],
    signal?: AbortSignal,
  ): Promise<void> => {
    const names = [...new Set(samples.map(({ metric }) => metric.name))]
    const site = {
      action: 'cloudwatch:PutMetricData',
      subject: `metric "${names.join('", "')}" in namespace "${namespace}"`,
    }
    const command = new PutMetricDataCommand({
      Namespace: namespace,
      MetricData: samples.map(({ metric, value, unit }) => ({
        MetricName: metric.name,
        Dimensions: dimensionForms(metric),
        Value: value,
        Unit: unit,
        StorageResolution: 1,
        // No Timestamp: CloudWatch stamps it on arrival, so a machine's wrong clock puts no value in another minute.
      })),
    })
    await calls.run(site, (abortSignal) => client.send(command, { abortSignal }), signal)
  }
  return {
    async publishMetrics(samples, signal) {
      for (const namespace of new Set(samples.map(({ metric }) => metric.namespace))) {
        const own = samples.filter(({ metric }) => metric.namespace === namespace)
        for (let from = 0; from < own.length; from += MAX_SAMPLES) {
          await put(namespace, own.slice(from, from + MAX_SAMPLES), signal)
        }
      }
    },
  }
}
