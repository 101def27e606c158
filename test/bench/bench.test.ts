// That the benches run and what they print, with numbers too small to mean anything: no time is asserted.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readArguments } from './arguments.js'
import { median } from './figures.js'
import { lowerBoundMs, skewed } from './skewed.js'
import { slope } from './soak.js'

const RUN = join(import.meta.dirname, 'run.ts')

async function bench(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', RUN, ...args])
  return stdout
}

const positive: unknown = expect.toSatisfy((value: number) => value > 0, 'a number above 0')

describe('the benches', () => {
  it('measure every client on the same messages, and print one line of JSON', async () => {
    const tiny = ['--messages', '20', '--slow-ms', '20', '--fast-ms', '1', '--round-trip-ms', '1']
    const stdout = await bench('skewed', ...tiny, '--json')

    const { rows } = JSON.parse(stdout) as { rows: { client: string; callsPerMessage: number }[] }
    expect(rows.map(({ client }) => client)).toEqual([
      'longshore',
      'squiss-ts',
      'sqs-consumer, handleMessageBatch',
      'sqs-consumer, batchSize 10',
      'sqs-consumer, defaults',
    ])
    for (const row of rows) {
      expect(row, row.client).toEqual({
        client: row.client,
        wallMs: positive,
        deletedMs: positive,
        callsPerMessage: positive,
        occupancy: positive,
        cpuMicrosPerMessage: positive,
        receives: positive,
        deletes: positive,
        loopDelayP99Ms: expect.any(Number),
        duplicates: 0,
      })
    }
    // A receive and a delete for each message: the server has counted no less and, but for the last long poll, no more.
    expect(rows.at(-1)?.callsPerMessage).toBeGreaterThanOrEqual(2)
    expect(rows.at(-1)?.callsPerMessage).toBeLessThanOrEqual(2.1)
  })

  it('find that a worker leaves nothing behind of tens of thousands of messages', async () => {
    const stdout = await bench('soak', '--messages', '40000', '--http', '0', '--json')

    const { rows } = JSON.parse(stdout) as { rows: { messages: number; bytesPerMessage: number }[] }
    expect(rows).toHaveLength(1)
    expect(rows[0]?.messages).toBe(40_000)
    // A message held back, with its delivery and lease, would be more than a thousand; the generations of what it remembers come and go.
    expect(rows[0]?.bytesPerMessage).toBeLessThan(100)
  })

  it('watch clients that wait, and clients that hold messages', async () => {
    const [idle, memory] = await Promise.all([
      bench('idle', '--slots', '10', '--seconds', '1', '--settle-ms', '0', '--json'),
      bench('memory', '--messages', '10', '--kib', '1', '--rest-ms', '0', '--runs', '1', '--json'),
    ])

    const waiting = JSON.parse(idle) as { rows: { client: string; callsPerMinute: number }[] }
    expect(waiting.rows.map(({ client }) => client)).toContain('squiss-ts')
    for (const row of waiting.rows) {
      const figures = {
        callsPerMinute: expect.any(Number) as number,
        cpuMsPerMinute: positive,
        rssMiB: positive,
      }
      expect(row).toEqual({ client: row.client, ...figures })
    }
    const holding = JSON.parse(memory) as { rows: { client: string }[] }
    for (const row of holding.rows)
      expect(row).toEqual({ client: row.client, rssMiB: positive, overBodies: positive })
  })

  it('explain themselves', async () => {
    const [list, help] = await Promise.all([bench(), bench('skewed', '--help')])

    expect(list).toContain('skewed')
    expect(help).toMatch(/occupancy .*slots/)
    for (const flag of Object.keys(skewed.flags)) expect(help).toContain(`--${flag}`)
  })

  it('refuse a flag that is no number, by its name', () => {
    expect(() => readArguments(['--runs', 'many'], skewed)).toThrow(
      "--runs: expected a whole number from 1, got 'many'",
    )
    expect(readArguments([], skewed).flags.messages).toBe(400)
  })
})

describe('the bound of a skewed load', () => {
  it('is what ten slots that never wait take', () => {
    expect(lowerBoundMs(Array.from({ length: 20 }, () => 5))).toBe(10)
    expect(lowerBoundMs([100, ...Array.from({ length: 90 }, () => 10)])).toBe(100)
  })
})

describe('a slope', () => {
  it('is what each message more adds', () => {
    const samples = [10, 20, 30].map((messages) => ({ messages, heapBytes: 5_000 + messages * 7 }))
    expect(slope(samples)).toBeCloseTo(7)
    expect(slope(samples.map(({ messages }) => ({ messages, heapBytes: 5_000 })))).toBe(0)
  })
})

describe('a median', () => {
  it('is the middle one, or half-way between two', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])]).toEqual([2, 2.5, 7])
  })
})
