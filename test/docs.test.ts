import { access, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { run } from 'longshore'
import { describe, expect, it } from 'vitest'

const root = new URL('../', import.meta.url)
const read = (path: string): Promise<string> => readFile(fileURLToPath(new URL(path, root)), 'utf8')

/** Code blocks that stand under a line naming a file of an example: `[`examples/…`](examples/…)`. */
function citedCode(markdown: string): { path: string; code: string }[] {
  const cited = markdown.matchAll(/^\[`(examples\/[^`]+)`\]\([^)]+\)\n\n```\w+\n([\s\S]*?)^```$/gm)
  return [...cited].map(([, path = '', code = '']) => ({ path, code }))
}

describe('the README', () => {
  it('shows the quickstart’s own code, to the letter', async () => {
    const cited = citedCode(await read('README.md'))

    expect(cited.map(({ path }) => path)).toEqual([
      'examples/quickstart/src/queue.ts',
      'examples/quickstart/src/worker.ts',
      'examples/quickstart/longshore.config.ts',
    ])
    for (const { path, code } of cited) expect(code, path).toBe(await read(path))
  })

  it('says of each verb of the command what its help says', async () => {
    const rows = [...(await read('README.md')).matchAll(/^\| `(\w+)` +\| (.*?) +\|$/gm)]
    const described = rows.map(([, verb = '', text = '']) => ({ verb, text }))

    expect(described.map(({ verb }) => verb)).toEqual(await verbs())
    for (const { verb, text } of described) expect(text, verb).toBe(await helpOf(verb))
  })

  it('links only to what is there', async () => {
    const markdown = await read('README.md')
    const targets = [...markdown.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = '']) => target)

    expect(targets.length).toBeGreaterThan(5)
    for (const target of targets) await expect(readable(target), target).resolves.toBe(true)
  })

  it('names only npm scripts that exist', async () => {
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> }
    const named = [...(await read('README.md')).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name)

    expect(named).toContain('demo')
    for (const name of named) expect(Object.keys(scripts)).toContain(name)
  })
})

async function longshore(...args: string[]): Promise<string> {
  let stdout = ''
  const code = await run(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => expect.fail(text) },
    env: {},
    cwd: fileURLToPath(root),
    signal: new AbortController().signal,
  })
  expect(code).toBe(0)
  return stdout
}

/** The verbs that `longshore --help` lists, `help` itself excepted. */
async function verbs(): Promise<string[]> {
  const [, listed = ''] = (await longshore('--help')).split(/^Commands:$/m)
  const names = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name)
  return names.slice(0, names.indexOf('help'))
}

/** What a verb does, in its help: the paragraph under the usage, on one line. */
async function helpOf(verb: string): Promise<string> {
  const [, paragraph = ''] = (await longshore(verb, '--help')).split('\n\n')
  return paragraph.replaceAll(/\s+/g, ' ')
}

async function readable(path: string): Promise<boolean> {
  return access(fileURLToPath(new URL(path, root))).then(
    () => true,
    () => false,
  )
}
