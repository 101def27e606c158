import { describe, expect, it } from 'vitest'
import { kedaOf, planFor } from '../../../src/index.js'
import type { KedaRendering, ServiceConfig } from '../../../src/index.js'
import { serviceWith } from '../../services.js'

const place = { region: 'eu-west-1', accountId: '123456789012' }

function rendered(changes: Partial<ServiceConfig> = {}): KedaRendering {
  const service = serviceWith(changes)
  return kedaOf(service, planFor(service), place)
}

describe('KEDA resources', () => {
  it('hold the acceptable backlog for each pod, with what it handles at the time on top', () => {
    const { documents, notes } = rendered()
    expect(notes).toEqual([])
    expect(documents).toMatchObject([
      { kind: 'TriggerAuthentication', metadata: { name: 'thumbnails-aws' } },
      {
        kind: 'ScaledObject',
        spec: {
          minReplicaCount: 0,
          maxReplicaCount: 40,
          cooldownPeriod: 300,
          triggers: [
            {
              type: 'aws-sqs-queue',
              authenticationRef: { name: 'thumbnails-aws' },
              metadata: {
                queueURL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/thumbnails',
                // 60 s ÷ (400 ms ÷ 20) wait, and 20 are handled.
                queueLength: '3020',
                scaleOnInFlight: 'true',
              },
            },
          ],
        },
      },
    ])
  })

  it('have a trigger for each queue and utilization, and say what they leave out', () => {
    const { documents, notes } = rendered({
      queue: undefined,
      queues: [{ name: 'a' }, { name: 'https://sqs.us-east-1.amazonaws.com/210987654321/b' }],
      policies: { cpu: { target: 65.5 }, predictive: { metric: 'cpu', target: 50 } },
      schedules: [{ name: 'nights', when: 'cron(0 22 * * ? *)', min: 2 }],
    })
    expect(documents[1]).toMatchObject({
      spec: {
        triggers: [
          { metadata: { queueURL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/a' } },
          { metadata: { queueURL: 'https://sqs.us-east-1.amazonaws.com/210987654321/b' } },
          { type: 'cpu', metricType: 'Utilization', metadata: { value: '66' } },
        ],
      },
    })
    expect(notes.map((note) => note.split(' ')[0])).toEqual(['KEDA', 'Schedules', 'policies.predictive'])
  })
})
