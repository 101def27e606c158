import type { Clock } from './clock.js'
import type { LimitReason } from './limit-reason.js'
import type { Delivery } from './delivery.js'
import type { Events } from './events.js'
import type { Logger } from './log.js'

/** How long an error that many messages share, as those of a batch do, is told once. */
const ONE_TELLING_MS = 1_000

const FALLS: ReadonlySet<LimitReason> = new Set(['throttled', 'memory', 'lag'])

/**
 * Writes what an operator should see to the log. Ids and counts, never a message's body. Errors go by the name `err`, under
 * which pino serialises them.
 */
export function logEvents(events: Events, log: Logger, clock: Clock): void {
  const isTold = tellOnce(clock)
  events.on('worker:started', (event) => log.info(event, 'Receiving'))
  events.on('worker:draining', (event) => log.info(event, 'Stopping: finishing what runs'))
  events.on('worker:stopped', (event) => log.info(event, 'Stopped'))
  events.on('worker:failed', ({ error: err }) => log.error({ err }, 'The worker cannot go on'))
  events.on('receive:failed', ({ error: err, ...event }) =>
    log.warn({ ...event, err }, 'Receiving failed and will be tried again'),
  )
  events.on('settle:failed', ({ error: err, ...event }) =>
    log.warn({ ...event, err }, 'Settling failed and will be tried again'),
  )
  events.on('payload:rejected', ({ delivery, error, fate }) =>
    log.warn({ ...named(delivery), err: error }, `A message cannot be read and is kept. ${fate}`),
  )
  events.on('payload:skipped', ({ delivery }) =>
    log.info(named(delivery), 'A test event of S3 is deleted; it tells of no object'),
  )
  events.on('payload:failed', ({ delivery, error }) =>
    log.warn({ ...named(delivery), err: error }, 'A large payload could not be reached'),
  )
  events.on('handler:failed', ({ delivery, error }) => {
    if (isTold(error)) log.debug(named(delivery), 'The same failure; this message will be retried too')
    else log.warn({ ...named(delivery), err: error }, 'The handler failed; the message will be retried')
  })
  events.on('handler:timed-out', ({ delivery, error }) =>
    log.warn({ ...named(delivery), err: error }, 'The handler timed out; its signal is aborted'),
  )
  events.on('handler:stuck', ({ delivery }) =>
    log.error(
      named(delivery),
      'A handler ignores its abort: its message is given up, its slot goes to another',
    ),
  )
  events.on('breaker:opened', ({ error: err, ...event }) =>
    log.warn({ ...event, err }, 'Too many handlings fail: nothing more is taken'),
  )
  events.on('breaker:half-opened', (event) => log.info(event, 'One message is tried'))
  events.on('breaker:closed', (event) => log.info(event, 'Handlings succeed again: messages are taken'))
  events.on('lease:lost', ({ delivery, error }) =>
    log.warn({ ...named(delivery), err: error }, 'A lease is lost; the message will come again'),
  )
  events.on('loop:blocked', (event) => log.warn(event, 'The event loop was blocked'))
  events.on('keeper:failed', ({ error: err }) =>
    log.warn({ err }, 'The lease keeper is gone: a blocked event loop loses leases from now on'),
  )
  events.on('deadLetter:failed', ({ delivery, error }) =>
    log.error({ ...named(delivery), err: error }, 'Dead-lettering failed; the message will be retried'),
  )
  events.on('protection:changed', (event) => {
    if (event.state === 'blocked')
      log.warn(event, 'A deployment blocks task protection: nothing more is taken')
    else if (event.state === 'off') log.info(event, 'This task cannot be protected from scale-in')
    else log.debug(event, 'Task protection changed')
  })
  events.on('protection:failed', (event) => log.warn(event, 'Task protection failed and will be tried again'))
  events.on('health:listening', (event) => log.info(event, 'Health is served'))
  events.on('concurrency:changed', (event) => {
    if (FALLS.has(event.reason)) log.info(event, 'Slots are taken back')
    else log.debug(event, 'The number of slots changes')
  })
  events.on('doctor:found', (finding) => {
    if (finding.severity === 'problem') log.warn(finding, `The doctor found ${finding.found}`)
    else log.debug(finding, `The doctor notes ${finding.found}`)
  })
}

function named(delivery: Delivery): { queue: string; messageId: string; receiveCount: number } {
  const { queue, messageId, receiveCount } = delivery
  return { queue, messageId, receiveCount }
}

/** True for an error, the very object, that was asked about within the last {@link ONE_TELLING_MS}. */
function tellOnce(clock: Clock): (error: unknown) => boolean {
  let last: { readonly error: unknown; readonly untilMs: number } | undefined
  return (error) => {
    const nowMs = clock.now()
    if (last !== undefined && last.error === error && nowMs < last.untilMs) return true
    last = { error, untilMs: nowMs + ONE_TELLING_MS }
    return false
  }
}
