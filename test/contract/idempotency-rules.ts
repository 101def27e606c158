// What every store of idempotency keys must do, by the words of its port. One list for memory and for DynamoDB.
import { expect, test } from 'vitest'
import type { IdempotencyClaim, IdempotencyStore } from '@longshore/core'

const NOW_MS = Date.UTC(2026, 0, 1)

const claim = (key: string, holder: string, given: Partial<IdempotencyClaim> = {}): IdempotencyClaim => ({
  key,
  holder,
  messageId: 'm1',
  nowMs: NOW_MS,
  untilMs: NOW_MS + 30_000,
  ...given,
})
const done = { kind: 'done' } as const

export function describeStoreRules(open: () => IdempotencyStore): void {
  let keys = 0
  const newKey = (): string => `orders#${(keys += 1)}-${process.pid}-${performance.now()}`

  test('a key is taken once, and who is second learns until when', async () => {
    const store = open()
    const key = newKey()
    expect(await store.begin(claim(key, 'a'))).toBeUndefined()
    expect(await store.begin(claim(key, 'b'))).toEqual({ state: 'inProgress', untilMs: NOW_MS + 30_000 })
    expect(await store.begin(claim(newKey(), 'b'))).toBeUndefined()
  })

  test('of many who begin at the same time, one has the key', async () => {
    const store = open()
    const key = newKey()
    const holders = Array.from({ length: 12 }, (_, index) => `holder-${index}`)
    const answers = await Promise.all(holders.map((holder) => store.begin(claim(key, holder))))
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1)
  })

  test('a holder that asks again, because the answer was lost, has it already', async () => {
    const store = open()
    const key = newKey()
    await store.begin(claim(key, 'a'))
    expect(await store.begin(claim(key, 'a', { nowMs: NOW_MS + 5 }))).toBeUndefined()
  })

  test('a hold that is over can be taken over, and its holder then writes nothing any more', async () => {
    const store = open()
    const key = newKey()
    await store.begin(claim(key, 'a'))
    const laterMs = NOW_MS + 30_000
    expect(await store.begin(claim(key, 'b', { nowMs: laterMs - 1 }))).toBeDefined()
    expect(await store.begin(claim(key, 'b', { nowMs: laterMs, untilMs: laterMs + 30_000 }))).toBeUndefined()

    expect(await store.extend({ key, holder: 'a', untilMs: laterMs + 90_000 })).toBe(false)
    expect(await store.complete({ key, holder: 'a', outcome: done, keepUntilMs: laterMs + 1e6 })).toBe(false)
    await store.release({ key, holder: 'a' })
    expect(await store.begin(claim(key, 'c', { nowMs: laterMs }))).toEqual({
      state: 'inProgress',
      untilMs: laterMs + 30_000,
    })
  })

  test('a hold that is over but was not taken over is still extended and completed by its holder', async () => {
    const store = open()
    const key = newKey()
    await store.begin(claim(key, 'a'))
    expect(await store.extend({ key, holder: 'a', untilMs: NOW_MS + 90_000 })).toBe(true)
    expect(await store.begin(claim(key, 'b', { nowMs: NOW_MS + 60_000 }))).toEqual({
      state: 'inProgress',
      untilMs: NOW_MS + 90_000,
    })
    expect(await store.complete({ key, holder: 'a', outcome: done, keepUntilMs: NOW_MS + 1e6 })).toBe(true)
  })

  test('what is completed stays so until its time is over, whoever asks', async () => {
    const store = open()
    const key = newKey()
    const keepUntilMs = NOW_MS + 3_600_000
    await store.begin(claim(key, 'a'))
    expect(await store.complete({ key, holder: 'a', outcome: done, keepUntilMs })).toBe(true)
    expect(await store.complete({ key, holder: 'a', outcome: done, keepUntilMs })).toBe(true)
    const completed = { state: 'completed', outcome: done }
    for (const holder of ['a', 'b']) expect(await store.begin(claim(key, holder))).toEqual(completed)
    expect(await store.begin(claim(key, 'b', { nowMs: keepUntilMs - 1_000 }))).toEqual(completed)
    expect(await store.begin(claim(key, 'b', { nowMs: keepUntilMs }))).toBeUndefined()
  })

  test('what is completed is neither extended nor released', async () => {
    const store = open()
    const key = newKey()
    await store.begin(claim(key, 'a'))
    await store.complete({ key, holder: 'a', outcome: done, keepUntilMs: NOW_MS + 1e6 })
    expect(await store.extend({ key, holder: 'a', untilMs: NOW_MS + 1 })).toBe(false)
    await store.release({ key, holder: 'a' })
    expect(await store.begin(claim(key, 'b'))).toEqual({ state: 'completed', outcome: done })
  })

  test('what was dead-lettered ends its own redelivery alike, and a redrive begins anew', async () => {
    const store = open()
    const key = newKey()
    const outcome = { kind: 'deadLetter', reason: 'no such order' } as const
    await store.begin(claim(key, 'a'))
    await store.complete({ key, holder: 'a', outcome, keepUntilMs: NOW_MS + 1e6 })
    expect(await store.begin(claim(key, 'b'))).toEqual({ state: 'completed', outcome })
    expect(await store.begin(claim(key, 'c', { messageId: 'm2' }))).toBeUndefined()
  })

  test('a released key is free, and the late writes of who released it are nothing', async () => {
    const store = open()
    const key = newKey()
    await store.begin(claim(key, 'a'))
    await store.release({ key, holder: 'a' })
    await store.release({ key, holder: 'a' })
    expect(await store.extend({ key, holder: 'a', untilMs: NOW_MS + 90_000 })).toBe(false)
    expect(await store.complete({ key, holder: 'a', outcome: done, keepUntilMs: NOW_MS + 1e6 })).toBe(false)
    expect(await store.begin(claim(key, 'b'))).toBeUndefined()
  })
}
