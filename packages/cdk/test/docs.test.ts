// The tables of this package's README equal the code.
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

const read = (path: string): Promise<string> => readFile(new URL(`../${path}`, import.meta.url), 'utf8')

/** The first cells of the table of props below a heading. */
async function listed(heading: string): Promise<string[]> {
  const [, section = ''] = (await read('README.md')).split(`\n## ${heading}\n`)
  const [, table = ''] = /^\| Prop +\|.*\n\|[- |]+\n([\s\S]*?)\n\n/m.exec(section) ?? []
  const cells = table.split('\n').map((row) => row.split('|')[1] ?? '')
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
}

/** The members of an interface. */
async function membersOf(file: string, name: string): Promise<string[]> {
  const [, body = ''] = new RegExp(`export interface ${name} [^]*?{\n([^]*?)\n}`).exec(await read(file)) ?? []
  return [...body.matchAll(/^ {2}readonly (\w+)/gm)].map(([, member = '']) => member)
}

describe('the README', () => {
  it.each([
    ['Deploying a worker', 'src/worker-props.ts', 'LongshoreWorkerProps'],
    ['Scaling a service', 'src/scaling.ts', 'LongshoreScalingProps'],
    ['Publishing', 'src/publisher.ts', 'LongshorePublisherProps'],
  ])('lists every prop of %s', async (heading, file, name) => {
    const members = await membersOf(file, name)
    expect(members.length).toBeGreaterThan(1)
    expect((await listed(heading)).toSorted()).toEqual(members.toSorted())
  })

  it('shows the example’s own app, to the letter', async () => {
    const app = await read('../../examples/cdk-worker/app.ts')
    expect(await read('README.md')).toContain(`\`\`\`ts\n// app.ts\n${app}\`\`\`\n`)
  })
})
