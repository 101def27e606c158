// The tables of this package's README equal the code.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import * as core from '../src/index.js'

const read = (path: string): Promise<string> => readFile(new URL(`../${path}`, import.meta.url), 'utf8')

/** The first column of the table under the heading, without its marks. */
async function column(heading: string, index = 0): Promise<string[]> {
  const [, section = ''] = (await read('README.md')).split(`### ${heading}\n`)
  const [table = ''] = section.split(/^##+ /m)
  const rows = [...table.matchAll(/^\| (.*) \|$/gm)].map(([, row = '']) => row.split(' | ')[index] ?? '')
  return rows.slice(1).flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
}

async function namesIn(path: string, form: { block: RegExp; name: RegExp }): Promise<string[]> {
  const [block = ''] = form.block.exec(await read(path)) ?? []
  return [...block.matchAll(form.name)].map(([, name = '']) => name)
}

test('the README lists every option of a worker', async () => {
  const block = /export interface WorkerOptions\b[^{]*\{[\s\S]*?\n\}/
  expect(await column('Options')).toEqual(await namesIn('src/options.ts', { block, name: /^ {2}(\w+)\?:/gm }))
})

// What each needs is shown by test/packed-install.test.ts, which imports them without it.
test('the README lists every entry', async () => {
  const { exports } = JSON.parse(await read('package.json')) as { exports: Readonly<Record<string, unknown>> }
  const entries = Object.keys(exports).filter((path) => path !== './package.json')
  const rows = [...(await read('README.md')).matchAll(/^\| `(@longshore\/core[^`]*)` +\|/gm)]
  expect(rows.map(([, entry]) => entry)).toEqual(entries.map((path) => `@longshore/core${path.slice(1)}`))
})

test('the README lists every option of idempotent handlers', async () => {
  const block = /export interface IdempotencyOptions\b[^{]*\{[\s\S]*?\n\}/
  const listed = await column('Handling once')
  expect(listed).toEqual(await namesIn('src/idempotency/idempotent.ts', { block, name: /^ {2}(\w+)\??:/gm }))
})

test('the README lists every option of a queue', async () => {
  const block = /export interface QueueOptions[\s\S]*?\n\}/
  const names = await namesIn('src/queue/definition.ts', { block, name: /^ {2}(\w+)\??:/gm })
  expect(await column('Options of a queue')).toEqual(names)
})

test('the README lists every option of a producer', async () => {
  const block = /export interface ProducerOptions \{[\s\S]*?\n\}/
  const names = await namesIn('src/producer.ts', { block, name: /^ {2}(\w+)\?:/gm })
  const listed = await column('Options of a producer')
  expect(listed).toEqual(names)
})

test('the README lists every option of batches', async () => {
  const block = /export interface BatchOptions \{[\s\S]*?\n\}/
  const listed = await column('Batches')
  const names = await namesIn('src/batch-handler.ts', { block, name: /^ {2}(\w+)\?:/gm })
  expect(listed.slice(0, names.length)).toEqual(names)
})

test('the README lists every option of the circuit breaker', async () => {
  const block = /export interface BreakerOptions \{[\s\S]*?\n\}/
  const names = await namesIn('src/breaker.ts', { block, name: /^ {2}(\w+)\?:/gm })
  expect((await column('Circuit breaker')).filter((name) => names.includes(name))).toEqual(names)
})

test('the README lists every option of a queue among several', async () => {
  const block = /export interface SourceOptions[\s\S]*?\n\}/
  const listed = await column('Several queues')
  expect(listed).toEqual(await namesIn('src/sources.ts', { block, name: /^ {2}(\w+)\?:/gm }))
  const [, section = ''] = (await read('README.md')).split('### Several queues\n')
  const shared = /const OF_QUEUES = \[[\s\S]*?\n\]/
  for (const name of await namesIn('src/options.ts', { block: shared, name: /'(\w+)'/g })) {
    expect(section).toContain(`\`${name}\``)
  }
})

test('the README lists every option of large payloads', async () => {
  const block = /export interface S3PayloadsOptions \{[\s\S]*?\n\}/
  const names = await namesIn('src/large-payloads/s3-payloads.ts', { block, name: /^ {2}(\w+)\??:/gm })
  const listed = await column('Large payloads')
  expect(listed).toEqual(names)
})

test('the README lists every metric of OpenTelemetry', async () => {
  const made = [...(await read('src/telemetry/metrics.ts')).matchAll(/'((?:messaging|longshore)\.[\w.]+)'/g)]
  const names = made.map(([, name = '']) => name).filter((name) => !ATTRIBUTES.has(name))
  const listed = (await column('OpenTelemetry')).filter((name) => /^(messaging|longshore)\./.test(name))
  expect(listed.toSorted()).toEqual([...new Set(names)].toSorted())
})

const ATTRIBUTES = new Set(['messaging.destination.name', 'longshore.outcome'])

test('the README lists every option and metric of EMF', async () => {
  const listed = await column('CloudWatch and Prometheus')
  const block = /export interface EmfOptions \{[\s\S]*?\n\}/
  const options = await namesIn('src/telemetry/emf.ts', { block, name: /^ {2}(\w+)\?:/gm })
  const types = /type CountName =[\s\S]*?\n\n\/\//
  const metrics = await namesIn('src/telemetry/emf.ts', { block: types, name: /'(\w+)'/g })
  expect(listed).toEqual([...options, ...metrics])
})

test('the README lists every figure of the capacity', async () => {
  const block = /export interface Capacity \{[\s\S]*?\n\}/
  const listed = await column('Capacity')
  const names = await namesIn('src/capacity.ts', { block, name: /^ {2}readonly (\w+):/gm })
  expect(listed.filter((name) => names.includes(name))).toEqual(names)
})

test('the README lists every option of an adaptive concurrency, and every reason of its changes', async () => {
  const block = /export interface AdaptiveOptions \{[\s\S]*?\n\}/
  const names = await namesIn('src/adaptive.ts', { block, name: /^ {2}(\w+)\??:/gm })
  const reasons = await namesIn('src/limit-reason.ts', {
    block: /export type LimitReason =[^\n]*(?:\n {2}\|[^\n]*)*/,
    name: /'(\w+)'/g,
  })
  expect(await column('Adaptive concurrency')).toEqual([...reasons, ...names])
})

test('the README lists every event', async () => {
  const block = /export interface WorkerEvents \{[\s\S]*?\n\}/
  const name = /^ {2}'([^']+)':/gm
  expect(await column('Events and figures')).toEqual(await namesIn('src/events.ts', { block, name }))
})

test('the README lists every finding of the doctor', async () => {
  const block = /export type FindingCode =\n(?: {2}\| '.*'\n)+/
  const codes = await namesIn('src/finding.ts', { block, name: /'([^']+)'/g })
  const listed = await column('On ECS')
  expect(listed.filter((name) => codes.includes(name))).toEqual(codes)
})

test('the README lists every error with its code', async () => {
  const codes = new Map(
    Object.entries(core).flatMap(([name, value]) => {
      if (typeof value !== 'function' || !name.endsWith('Error') || name === 'LongshoreError') return []
      const details = { operation: '', queue: '', reason: 'aborted', detail: '' }
      const made = new (value as new (text: unknown, problems: unknown[]) => core.LongshoreError)(details, [])
      return [[name, made.code] as const]
    }),
  )
  const names = await column('Errors', 0)
  const listed = await column('Errors', 1)
  expect(new Map(names.map((name, index) => [name, listed[index]]))).toEqual(codes)
})

test('every failure that users of comparable libraries met has a test that names its number', async () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const folders = ['packages/core/test', 'test']
  const files = await Promise.all(folders.map((folder) => readdir(join(root, folder), { recursive: true })))
  const sources = files.flatMap((names, index) =>
    names.filter((name) => name.endsWith('.test.ts')).map((name) => join(root, folders[index] ?? '', name)),
  )
  const numbers = new Set<string>()
  for (const source of sources) {
    for (const [comment] of (await readFile(source, 'utf8')).matchAll(/^\s*\/\/.*$/gm)) {
      for (const [number] of comment.matchAll(/\bT\d+\b/g)) numbers.add(number)
    }
  }
  const expected = Array.from({ length: 36 }, (_, index) => `T${index + 1}`)
  expect(expected.filter((number) => !numbers.has(number))).toEqual([])
})
