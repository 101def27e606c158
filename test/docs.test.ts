import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
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

async function readable(path: string): Promise<boolean> {
  const { access } = await import('node:fs/promises')
  return access(fileURLToPath(new URL(path, root))).then(
    () => true,
    () => false,
  )
}
