import { expect, test } from 'vitest'
import { Delivery } from '../../src/delivery.js'
import { grantableSeconds, heartbeatLeadMs, newLease } from '../../src/settle/lease.js'
import { RoundTrips } from '../../src/settle/round-trips.js'

const message = {
  messageId: 'm',
  receiptHandle: 'r',
  body: '{}',
  receiveCount: 1,
  sentAtMs: 0,
  firstReceivedAtMs: 0,
  attributes: {},
}

// T9
test.each([
  // visibility, p99, lead
  [30_000, 20, 10_000],
  [30_000, 8_000, 16_000],
  [30_000, 60_000, 20_000],
  [1_000, 5_000, 667],
])(
  'with a visibility timeout of %i ms and round trips of %i ms the lead is %i ms',
  (visibilityMs, p99Ms, leadMs) => {
    expect(Math.round(heartbeatLeadMs(visibilityMs, p99Ms))).toBe(leadMs)
  },
)

test('a lease is counted from before its receive answered, yet keeps most of its time', () => {
  expect(newLease(new Delivery(message, 1_000, 'orders'), 30_000, 50).expiresAtMs).toBe(30_950)
  expect(newLease(new Delivery(message, 1_000, 'orders'), 3_000, 50_000).expiresAtMs).toBe(3_000)
})

test('no more is asked for than is left of twelve hours', () => {
  const lease = newLease(new Delivery(message, 0, 'orders'), 30_000, 0)
  expect(grantableSeconds(lease, 30, 0)).toBe(30)
  expect(grantableSeconds(lease, 30, 43_180_000)).toBe(15)
  expect(grantableSeconds(lease, 30, 43_200_000)).toBe(0)
})

test('the slowest of a hundred round trips counts, and is forgotten after another hundred', () => {
  const trips = new RoundTrips()
  expect(trips.p99Ms).toBe(0)
  trips.record(900)
  expect(trips.p99Ms).toBe(900)
  for (let call = 0; call < 98; call += 1) trips.record(10)
  trips.record(800)
  expect(trips.p99Ms).toBe(800)
  for (let call = 0; call < 100; call += 1) trips.record(10)
  expect(trips.p99Ms).toBe(10)
})
