// The logger port by the logger that it is made for.
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { QueueCallError } from '../src/index.js'
import { stage } from './stage.js'

interface Line extends Record<string, unknown> {
  readonly level: number
  readonly msg: string
}

function pinoLines(level: string): { lines: Line[]; log: pino.Logger } {
  const lines: Line[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      lines.push(JSON.parse(chunk.toString()) as Line)
      callback()
    },
  })
  return { lines, log: pino({ level, base: { service: 'thumbnails' } }, stream) }
}

const [DEBUG, INFO, WARN] = [20, 30, 40]

test('a worker writes to pino by its levels, errors whole, and no bodies', async () => {
  const { lines, log } = pinoLines('info')
  const { put, queue, begin, clock, stop } = stage({ log, doctor: false })
  put({ id: 1, ends: 'throw' })
  queue.put({ id: 'hunter2' })
  queue.put('hunter2 is no JSON')
  await begin()
  await clock.advance(900)
  await stop()
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    [INFO, 'Receiving'],
    [WARN, expect.stringMatching(/^A message cannot be read and is kept/)],
    [WARN, expect.stringMatching(/^A message cannot be read and is kept/)],
    [WARN, 'The handler failed; the message will be retried'],
    [INFO, 'Stopping: finishing what runs'],
    [INFO, 'Stopped'],
  ])
  expect(lines[3]).toMatchObject({
    service: 'thumbnails',
    messageId: expect.any(String),
    receiveCount: 1,
    err: { type: 'Error', message: 'message 1 fails', stack: expect.stringContaining('stage.ts') },
  })
  expect(lines[1]).toMatchObject({ err: { type: 'PayloadError', code: 'LONGSHORE_PAYLOAD' } })
  expect(JSON.stringify(lines)).not.toContain('hunter2')
})

test('errors of calls keep their code, reason and cause', async () => {
  const { lines, log } = pinoLines('warn')
  const { queue, begin, clock } = stage({ log, doctor: false })
  queue.intercept(({ operation, count }) =>
    operation === 'ReceiveMessage' && count === 1 ? { kind: 'fail', reason: 'throttled' } : undefined,
  )
  await begin()
  await clock.advance(100)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject({
    level: WARN,
    failures: 1,
    err: { type: QueueCallError.name, code: 'LONGSHORE_QUEUE_CALL', reason: 'throttled' },
  })
})

test('a handler’s logger is a child of pino’s, at the level that the logger has', async () => {
  const { lines, log } = pinoLines('debug')
  const quiet = log.child({ part: 'worker' }, { level: 'info' })
  const say = async (level: pino.Logger): Promise<void> => {
    const { put, begin, clock, stop } = stage({
      log: level,
      doctor: false,
      use: [
        (message, context, next) => {
          const { id } = z.object({ id: z.number() }).parse(message)
          context.log.debug({ id }, 'in detail')
          context.log.info({ id }, 'in short')
          return next()
        },
      ],
    })
    put({ id: 7 })
    await begin()
    await clock.advance(100)
    await stop()
  }
  await say(log)
  const own = lines.filter(({ id }) => id === 7)
  expect(own).toMatchObject([
    { level: DEBUG, msg: 'in detail', service: 'thumbnails', messageId: expect.any(String), receiveCount: 1 },
    { level: INFO, msg: 'in short', messageId: own[0]?.messageId },
  ])
  lines.length = 0
  await say(quiet)
  expect(lines.filter(({ id }) => id === 7)).toMatchObject([{ level: INFO, part: 'worker', receiveCount: 1 }])
})
