import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineQueue, OptionsError } from '../../src/index.js'
import { s3Payloads } from '../../src/large-payloads/index.js'

const message = z.object({})

function problemsOf(run: () => unknown): string[] {
  try {
    run()
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError)
    return (error as OptionsError).problems.map(({ path }) => path)
  }
}

test('what a queue says of its messages is checked, all of it at once', () => {
  const wrong = {
    message,
    envelope: 'kafka',
    versions: { property: '', upcast: { one: () => ({}) } },
    largePayloads: { bucket: 'b' },
    maxPayloadBytes: 10,
  }
  expect(problemsOf(() => defineQueue(wrong as never)).toSorted()).toEqual([
    'envelope',
    'largePayloads',
    'maxPayloadBytes',
    'versions.property',
    'versions.upcast',
  ])
  const largePayloads = s3Payloads({ bucket: 'payloads', prefix: 'orders/' })
  const versions = { upcast: { 1: (old: object) => old } }
  expect(problemsOf(() => defineQueue({ message, envelope: 'auto', versions, largePayloads }))).toEqual([])
})

test('a place for large payloads is checked, all of it at once', () => {
  const wrong = {
    bucket: 'No_Bucket',
    prefix: 'with space/',
    above: 2_000_000,
    deleteAfter: true,
    readFrom: ['ok-bucket', 7],
    callTimeout: '30',
    region: '',
    endpoint: 'nowhere',
    client: {},
    buckets: [],
  }
  expect(problemsOf(() => s3Payloads(wrong as never)).toSorted()).toEqual(Object.keys(wrong).toSorted())
})

test('s3Payloads says what it takes for granted', () => {
  const { above, deleteAfter, callTimeoutMs } = s3Payloads({ bucket: 'payloads' })
  expect({ above, deleteAfter, callTimeoutMs }).toEqual({
    above: 262_144,
    deleteAfter: 'done',
    callTimeoutMs: 30_000,
  })
})
