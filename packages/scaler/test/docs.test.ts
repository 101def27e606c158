// The tables of this package's README equal the code.
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { serviceSchema } from '../src/config/schema.js'
import { planFor } from '../src/index.js'
import * as scaler from '../src/index.js'
import { SIGNAL_NAMES } from '../src/plan/metrics.js'
import { ASSUMPTIONS } from '../src/simulate/index.js'
import { serviceWith } from './services.js'

const read = (path: string): Promise<string> => readFile(new URL(`../${path}`, import.meta.url), 'utf8')

/** The names in a column of the table that begins with this heading cell. */
async function column(heading: string, index = 0): Promise<string[]> {
  const [, table = ''] =
    new RegExp(`^\\| ${heading} +\\|.*\\n([\\s\\S]*?)\\n\\n`, 'm').exec(await read('README.md')) ?? []
  const cells = table.split('\n').map((row) => row.split(/ *\| */)[index + 1] ?? '')
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
}

const rooted = (paths: readonly string[]): string[] => [
  ...new Set(paths.map((path) => path.split('.')[0] ?? '')),
]

describe('the README', () => {
  it('lists every option', async () => {
    const { shape } = serviceSchema as unknown as { shape: Readonly<Record<string, unknown>> }
    expect(rooted(await column('Option')).toSorted()).toEqual(Object.keys(shape).toSorted())
  })

  it('lists what a simulation takes for granted, with its values', async () => {
    expect(await column('Taken for granted')).toEqual(Object.keys(ASSUMPTIONS))
    const text = await read('README.md')
    for (const [name, { value }] of Object.entries(ASSUMPTIONS)) {
      expect(text).toMatch(new RegExp(`^\\| \`${name}\` +\\| ${value} +\\|`, 'm'))
    }
  })

  it('lists every strategy', async () => {
    const { shape } = serviceSchema as unknown as { shape: { strategy: { unwrap(): { options: string[] } } } }
    expect(await column('Strategy')).toEqual(shape.strategy.unwrap().options)
  })

  it('lists every field of a plan', async () => {
    const listed = new Set(await column('Field'))
    const known = Object.keys(planFor(serviceWith())).filter((field) => field !== 'resourceId')
    expect([...listed].toSorted()).toEqual(known.toSorted())
  })

  it('lists every metric that is published', async () => {
    expect(await column('Metric')).toEqual(['BacklogPerTask', ...Object.values(SIGNAL_NAMES)])
  })

  it('lists every finding of the linter', async () => {
    const source = await read('src/plan/lint/finding.ts')
    const codes = [...source.matchAll(/^ {2}\| '([a-z-]+)'$/gm)].map(([, code = '']) => code)
    expect((await column('Finding')).toSorted()).toEqual(codes.toSorted())
  })

  it('lists every event', async () => {
    const names = [...(await read('src/events.ts')).matchAll(/^ {2}'([\w:]+)': \{/gm)].map(
      ([, name = '']) => name,
    )
    expect((await column('Event')).toSorted()).toEqual([...new Set(names)].toSorted())
  })

  it('lists every error with its codes', async () => {
    const errors = Object.keys(scaler).filter((name) => name.endsWith('Error'))
    expect((await column('Error')).toSorted()).toEqual(errors.toSorted())
    const source = await read('src/errors.ts')
    const codes = [
      ...source.matchAll(/^ {2}\| '([A-Z_]+)'$/gm),
      ...source.matchAll(/readonly code = '([A-Z_]+)'/g),
    ]
    const listed = await column('Error', 1)
    expect(listed.toSorted()).toEqual(codes.map(([, code = '']) => code).toSorted())
  })
})
