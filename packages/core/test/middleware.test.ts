import { expect, test } from 'vitest'
import type { Handler, HandlerContext, Middleware } from '../src/index.js'
import { createWorker, deadLetter, defineQueue, done, handleBatch, release, retry } from '../src/index.js'
import { wrapHandler } from '../src/handler.js'
import { passTime } from './pass-time.js'
import type { Script } from './stage.js'
import { scripts, scriptSchema, stage } from './stage.js'

const context = {} as HandlerContext
const passing: Middleware = (_message, _context, next) => next()

async function endingOf(handler: Handler<unknown>, ...middleware: Middleware[]): Promise<unknown> {
  return await wrapHandler(handler, middleware)('a message', context)
}

test('without middleware the handler stays itself', () => {
  const handler = (): void => {}
  expect(wrapHandler(handler, [])).toBe(handler)
})

test('the first middleware is outermost, and each sees what the handler sees', async () => {
  const steps: unknown[] = []
  const step =
    (name: string): Middleware =>
    async (message, given, next) => {
      steps.push([`before ${name}`, message, given === context])
      const outcome = await next()
      steps.push(`after ${name}`)
      return outcome
    }
  expect(await endingOf(() => steps.push('handler'), step('a'), step('b'))).toEqual(done())
  expect(steps).toEqual([
    ['before a', 'a message', true],
    ['before b', 'a message', true],
    'handler',
    'after b',
    'after a',
  ])
})

test('next resolves with the outcome, returned or thrown, and done for any other value', async () => {
  expect(await endingOf(() => 42, passing)).toBe(done())
  expect(await endingOf(() => release(), passing)).toBe(release())
  const ending = deadLetter('no use')
  const throwing: Handler<unknown> = () => {
    throw ending
  }
  expect(await endingOf(throwing, passing, passing)).toBe(ending)
})

test('next rejects with what the handler threw, and a middleware may end it otherwise', async () => {
  const failing: Handler<unknown> = () => {
    throw new Error('boom')
  }
  await expect(endingOf(failing, passing)).rejects.toThrow('boom')
  const turning: Middleware = async (_message, _context, next) => {
    try {
      return await next()
    } catch (error) {
      return retry({ after: '5m', error })
    }
  }
  expect(await endingOf(failing, turning)).toMatchObject({ kind: 'retry', after: '5m' })
})

test('a middleware that calls no next ends the handling by itself, one that calls it twice handles twice', async () => {
  let runs = 0
  const handler = (): void => {
    runs += 1
  }
  expect(await endingOf(handler, () => release())).toBe(release())
  expect(runs).toBe(0)
  await endingOf(handler, async (_message, _context, next) => {
    await next()
    return await next()
  })
  expect(runs).toBe(2)
})

test('a middleware that forgets the outcome fails the handling rather than have its message deleted', async () => {
  const forgetful = (async (_message: unknown, _context: unknown, next: () => Promise<unknown>) => {
    await next()
  }) as unknown as Middleware
  const { put, begin, clock, queue, worker, told, stop } = stage({ use: [forgetful] })
  const failures = told('handler:failed')
  put(...scripts(1))
  await begin()
  await clock.advance(500)
  expect(String(failures[0]?.error)).toMatch(
    /A middleware returned no outcome: return what next\(\) resolves with/,
  )
  expect(worker.stats().done).toBe(0)
  expect(queue.messages()).toHaveLength(1)
  await stop()
})

test('a worker runs its middleware for messages that can be read, and settles as they say', async () => {
  const seen: unknown[] = []
  const holding: Middleware = (_message, { messageId, receiveCount }, next) => {
    seen.push(messageId)
    return receiveCount === 1 ? retry({ after: '5s' }) : next()
  }
  const { queue, put, begin, clock, worker, runs } = stage({ use: [holding] })
  put(...scripts(1))
  queue.put('not JSON')
  await begin()
  await clock.advance(4_000)
  expect({ seen: seen.length, runs: runs.length }).toEqual({ seen: 1, runs: 0 })
  await clock.advance(3_000)
  expect({ seen: seen.length, runs: runs.length, done: worker.stats().done }).toEqual({
    seen: 2,
    runs: 1,
    done: 1,
  })
})

test('the messages of a batch go through it one by one', async () => {
  const { clock, queue } = stage()
  const seen: string[] = []
  const counting: Middleware = async (_message, _context, next) => {
    const { kind } = await next()
    seen.push(kind)
    return done()
  }
  const handler = handleBatch<Script>(
    (batch) => batch.map(({ message: { id } }) => (id === 1 ? retry() : done())),
    {
      size: 3,
      maxWait: '1s',
    },
  )
  const worker = createWorker(defineQueue({ message: scriptSchema }), handler, {
    port: queue,
    clock,
    log: false,
    use: [counting],
  })
  for (const script of scripts(3)) queue.put(script)
  await passTime(clock, worker.start())
  await clock.advance(3_000)
  expect(seen.toSorted()).toEqual(['done', 'done', 'retry'])
  expect(worker.stats().done).toBe(3)
  await passTime(clock, worker.stop())
})
