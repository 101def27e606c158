import { describe, expect, it } from 'vitest'
import { nextAction, scheduledRuns } from '../../src/plan/next-action.js'
import type { LiveScheduledAction } from '../../src/index.js'

function action(schedule: string, more: Partial<LiveScheduledAction> = {}): LiveScheduledAction {
  return {
    name: 'a',
    resourceId: 'service/media/thumbnails',
    schedule,
    timezone: undefined,
    minCapacity: 1,
    maxCapacity: undefined,
    startMs: undefined,
    endMs: undefined,
    ...more,
  }
}

const at = (text: string): number => Date.parse(text)
const nextOf = (live: LiveScheduledAction, now: string): string | undefined => {
  const atMs = nextAction([live], at(now))?.atMs
  return atMs === undefined ? undefined : new Date(atMs).toISOString()
}

describe('the next scheduled action', () => {
  it.each<[string, LiveScheduledAction, string, string | undefined]>([
    ['cron in UTC', action('cron(0 8 * * ? *)'), '2026-01-01T08:00:00Z', '2026-01-02T08:00:00.000Z'],
    [
      'cron in a zone',
      action('cron(0 8 * * ? *)', { timezone: 'Asia/Tokyo' }),
      '2026-01-01T00:00:00Z',
      '2026-01-01T23:00:00.000Z',
    ],
    // Berlin's clocks go from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October.
    [
      'cron before the clocks go forward',
      action('cron(0 8 * * ? *)', { timezone: 'Europe/Berlin' }),
      '2026-03-28T00:00:00Z',
      '2026-03-28T07:00:00.000Z',
    ],
    [
      'cron after the clocks went forward',
      action('cron(0 8 * * ? *)', { timezone: 'Europe/Berlin' }),
      '2026-03-28T12:00:00Z',
      '2026-03-29T06:00:00.000Z',
    ],
    [
      'cron after the clocks went back',
      action('cron(0 8 * * ? *)', { timezone: 'Europe/Berlin' }),
      '2026-10-24T12:00:00Z',
      '2026-10-25T07:00:00.000Z',
    ],
    [
      'an instant ahead',
      action('at(2026-05-01T08:00:00)'),
      '2026-01-01T00:00:00Z',
      '2026-05-01T08:00:00.000Z',
    ],
    [
      'an instant ahead in a zone',
      action('at(2026-07-01T08:00:00)', { timezone: 'America/New_York' }),
      '2026-01-01T00:00:00Z',
      '2026-07-01T12:00:00.000Z',
    ],
    ['an instant that has passed', action('at(2025-05-01T08:00:00)'), '2026-01-01T00:00:00Z', undefined],
    [
      'a rate from its first time',
      action('rate(1 hour)', { startMs: at('2026-01-01T00:30:00Z') }),
      '2026-01-01T03:00:00Z',
      '2026-01-01T03:30:00.000Z',
    ],
    [
      'a rate without a first time, from when it was made',
      action('rate(1 hour)', { createdMs: at('2026-01-01T00:10:00Z') }),
      '2026-01-01T03:00:00Z',
      '2026-01-01T03:10:00.000Z',
    ],
    ['a rate of which neither is known', action('rate(1 hour)'), '2026-01-01T03:00:00Z', undefined],
    [
      'what begins later',
      action('cron(0 8 * * ? *)', { startMs: at('2026-02-01T08:00:00Z') }),
      '2026-01-01T00:00:00Z',
      '2026-02-01T08:00:00.000Z',
    ],
    [
      'what has ended',
      action('cron(0 8 * * ? *)', { endMs: at('2026-01-01T00:00:00Z') }),
      '2026-01-02T00:00:00Z',
      undefined,
    ],
    ['what is of no known form', action('whenever'), '2026-01-01T00:00:00Z', undefined],
  ])('is right for %s', (_name, live, now, expected) => expect(nextOf(live, now)).toBe(expected))

  it('is the earliest of all, with its bounds and zone', () => {
    const early = action('cron(0 6 * * ? *)', { name: 'early', timezone: 'Europe/Berlin', maxCapacity: 9 })
    expect(nextAction([action('cron(0 8 * * ? *)'), early], at('2026-01-01T00:00:00Z'))).toEqual({
      name: 'early',
      atMs: at('2026-01-01T05:00:00Z'),
      timezone: 'Europe/Berlin',
      minCapacity: 1,
      maxCapacity: 9,
    })
    expect(nextAction([], 0)).toBeNull()
  })

  it('stands first among all actions, and those without a run last', () => {
    const names = scheduledRuns(
      [
        action('at(2025-01-01T00:00:00)', { name: 'over' }),
        action('cron(0 8 * * ? *)', { name: 'later' }),
        action('cron(0 6 * * ? *)', { name: 'first' }),
        action('whenever', { name: 'unknown' }),
      ],
      at('2026-01-01T00:00:00Z'),
    ).map(({ name }) => name)
    expect(names).toEqual(['first', 'later', 'over', 'unknown'])
  })
})
