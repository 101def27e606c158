import { expect, it } from 'vitest'
import { publishingCost } from '../../src/index.js'
import type { PublishingCost, Service } from '../../src/index.js'
import { serviceWith } from '../services.js'

const costOf = (services: readonly Service[], beatSeconds = 10, isEmf = false): PublishingCost =>
  publishingCost(services, { beatSeconds, isEmf })

// 30 days of a beat every ten seconds are 259,200 beats.
it('counts six metrics, a PutMetricData and a reading of each queue for each beat', () => {
  const cost = costOf([serviceWith()])
  expect(cost).toMatchObject({ logs: 0, reads: 0, prices: expect.stringMatching(/us-east-1, as of/) })
  expect(cost.metrics).toBeCloseTo(1.8)
  expect(cost.puts).toBeCloseTo(2.592)
  expect(cost.queues).toBeCloseTo(0.10368)
  expect(cost.total).toBeCloseTo(1.8 + 2.592 + 0.10368)
  expect(costOf([serviceWith()], 60).puts).toBeCloseTo(0.432)
})

it('shares PutMetricData among services of a region and a namespace, and nothing else', () => {
  const [one, other] = [serviceWith(), serviceWith({ service: 'other', queue: 'other' })]
  const alone = costOf([one])
  const both = costOf([one, other])
  expect(both.puts).toBeCloseTo(alone.puts)
  expect(both.metrics).toBeCloseTo(2 * alone.metrics)
  expect(both.queues).toBeCloseTo(2 * alone.queues)
  expect(costOf([one, serviceWith({ region: 'eu-central-1' })]).puts).toBeCloseTo(2 * alone.puts)
  expect(costOf([one, serviceWith({ metric: { namespace: 'Media' } })]).puts).toBeCloseTo(2 * alone.puts)
})

it('takes the log’s price in place of PutMetricData’s for EMF', () => {
  const cost = costOf([serviceWith()], 10, true)
  expect(cost.puts).toBe(0)
  expect(cost.logs).toBeCloseTo(0.10368)
})

it('counts GetMetricData of fair queues each beat, and of measured handling each minute', () => {
  const fair = serviceWith({ queue: undefined, queues: [{ name: 'a', fair: true }, { name: 'b' }] })
  expect(costOf([fair]).reads).toBeCloseTo(5.184)
  expect(costOf([serviceWith({ handling: { mean: '1s', measured: true } })]).reads).toBeCloseTo(0.864)
})

it('charges no metric where metric math needs no publisher', () => {
  expect(costOf([serviceWith({ targetTracking: { metric: 'math' } })]).metrics).toBe(0)
})
