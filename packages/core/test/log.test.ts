import { expect, test } from 'vitest'
import { jsonLogger, OptionsError } from '../src/index.js'
import { withFields } from '../src/log.js'
import { scripts, stage } from './stage.js'

test('an entry is one line of JSON with its time, level, text and fields', () => {
  const lines: string[] = []
  const log = withFields(
    jsonLogger((line) => lines.push(line)),
    { messageId: 'm' },
  )
  log.debug({ a: 1 }, 'not shown')
  log.warn({ a: 1 }, 'shown')
  expect(lines).toHaveLength(1)
  expect(lines[0]?.endsWith('\n')).toBe(true)
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    level: 'warn',
    text: 'shown',
    messageId: 'm',
    a: 1,
  })
})

test('an error is written with its code and causes, and what cannot be written costs no more than its fields', () => {
  const lines: string[] = []
  const log = jsonLogger((line) => lines.push(line))
  log.error({ error: new Error('outer', { cause: new OptionsError('x', []) }) }, 'failed')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    error: { message: 'outer', cause: { code: 'LONGSHORE_OPTIONS' } },
  })
  log.error({ big: 1n }, 'a bigint')
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ text: 'a bigint', unloggable: expect.any(String) })
})

test('a worker logs what an operator should see, and never a body', async () => {
  const lines: string[] = []
  const { put, begin, clock, queue, stop } = stage({
    log: jsonLogger((line) => lines.push(line)),
    doctor: false,
  })
  put(...scripts(1, { ends: 'throw' }))
  queue.put({ secret: 'hunter2' })
  queue.put('hunter2 is not JSON')
  await begin()
  await clock.advance(900)
  await stop()
  const texts = lines.map((line) => (JSON.parse(line) as { text: string }).text)
  expect(texts).toEqual([
    'Receiving',
    expect.stringMatching(/^A message cannot be read and is kept/),
    expect.stringMatching(/^A message cannot be read and is kept/),
    'The handler failed; the message will be retried',
    'Stopping: finishing what runs',
    'Stopped',
  ])
  expect(lines.join('')).not.toContain('hunter2')
})
