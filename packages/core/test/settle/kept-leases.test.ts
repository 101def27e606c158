import { expect, test } from 'vitest'
import { Delivery } from '../../src/delivery.js'
import type { Beaten, Keeper, KeepRequest } from '../../src/settle/keeper.js'
import { Settler } from '../../src/settle/settler.js'
import { manualClock } from '../../src/testing/index.js'

const MESSAGE = {
  messageId: 'm1',
  receiptHandle: 'r1',
  body: '{}',
  receiveCount: 1,
  sentAtMs: 0,
  firstReceivedAtMs: 0,
  attributes: {},
}

/** A settler that holds one lease of 30 s, and the keeper's hand on it. */
function held() {
  const clock = manualClock()
  const calls: string[] = []
  const told: string[] = []
  const keeper = { isBusy: false, untilMs: 0, isFree: false, request: undefined as KeepRequest | undefined }
  const port: Keeper = {
    hold: (request) => {
      Object.assign(keeper, { request, untilMs: request.expiresAtMs })
      return {
        get expiresAtMs() {
          return keeper.untilMs
        },
        take: () => !keeper.isBusy,
        giveBack: (untilMs) => void (keeper.untilMs = untilMs),
        free: () => void (keeper.isFree = true),
      }
    },
  }
  const settler = new Settler({
    clock,
    random: () => 0.5,
    calls: {
      deleteBatch: async () => (calls.push('delete'), []),
      changeVisibilityBatch: async () => (calls.push('heartbeat'), []),
    },
    visibilitySeconds: 30,
    roundTripMs: 0,
    lingerMs: 0,
    isFifo: false,
    keeper: port,
    onSettled: () => void told.push('settled'),
    onLost: (_, error) => void told.push(error.message),
    onOutOfTurn: () => {},
    onAnswered: () => {},
    onFailed: () => {},
  })
  const delivery = new Delivery(MESSAGE, clock.now(), 'orders')
  settler.hold(delivery)
  const beaten = (what: Beaten, untilMs = keeper.untilMs): void => {
    Object.assign(keeper, { isBusy: false, untilMs })
    keeper.request?.onBeaten(what)
  }
  return { clock, settler, delivery, calls, told, keeper, beaten }
}

// T4
test('a delete waits for the end of a heartbeat that the keeper has in flight', async () => {
  const { clock, settler, delivery, calls, told, keeper, beaten } = held()
  keeper.isBusy = true
  settler.settle(delivery, { kind: 'delete', outcome: 'done' })
  await clock.advance(5_000)
  expect(calls).toEqual([])
  beaten({ kind: 'extended' }, clock.now() + 30_000)
  await clock.advance(100)
  expect(calls).toEqual(['delete'])
  expect(told).toEqual(['settled'])
  expect(keeper.isFree).toBe(true)
})

test('what the keeper has extended is neither lost nor extended again before its time', async () => {
  const { clock, calls, told, keeper } = held()
  await clock.advance(19_000)
  // The main loop was blocked, and hears of it only by what the table says.
  keeper.untilMs = clock.now() + 30_000
  await clock.advance(19_000)
  expect(calls).toEqual([])
  expect(told).toEqual([])
  await clock.advance(2_000)
  expect(calls).toEqual(['heartbeat'])
})

test('a heartbeat that the keeper has in flight is not made twice, and one that it missed is made here', async () => {
  const { clock, calls, told, keeper, beaten } = held()
  keeper.isBusy = true
  await clock.advance(25_000)
  expect(calls).toEqual([])
  beaten({ kind: 'missed', error: 'unreachable' })
  await clock.advance(1_000)
  expect(calls).toEqual(['heartbeat'])
  expect(told).toEqual([])
})

test('a receipt that SQS disowned to the keeper is lost', () => {
  const { told, beaten } = held()
  beaten({ kind: 'disowned', error: 'gone' })
  expect(told).toEqual(['The lease on message m1 is lost. SQS disowned its receipt: gone'])
})

test('what follows the lease hears of the keeper’s heartbeats as of any other', () => {
  const { clock, delivery, beaten } = held()
  const heard: number[] = []
  delivery.onLeaseExtended((untilMs) => heard.push(untilMs))
  const untilMs = clock.now() + 55_000
  beaten({ kind: 'extended' }, untilMs)
  expect(heard).toEqual([untilMs])
  expect(delivery.leasedUntilMs).toBe(untilMs)
})
