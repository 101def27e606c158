import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadServices } from '../src/config/load.js'
import { UsageError } from '../src/exit.js'
import { configText, folderWith } from './process.js'
import { runHere } from './run-here.js'

async function messageFor(files: Record<string, string>, file?: string): Promise<string> {
  const failure = await loadServices({ file, cwd: folderWith(files) }).catch((error: unknown) => error)
  if (failure instanceof UsageError) return failure.message
  throw new Error(`Expected a UsageError, got ${String(failure)}`)
}

describe('the configuration file', () => {
  it.each(['ts', 'mts', 'js', 'mjs'])('is found as longshore.config.%s', async (extension) => {
    const cwd = folderWith({ [`longshore.config.${extension}`]: configText() })
    expect(await loadServices({ file: undefined, cwd })).toMatchObject([{ service: 'thumbnails' }])
  })

  it('is found in a folder above', async () => {
    const folder = folderWith({ 'longshore.config.ts': configText() })
    const cwd = join(folder, 'deep', 'down')
    mkdirSync(cwd, { recursive: true })
    expect(await loadServices({ file: undefined, cwd })).toHaveLength(1)
  })

  it('may be TypeScript that imports TypeScript', async () => {
    const cwd = folderWith({
      'limits.ts': 'export const max: number = 7 satisfies number',
      'longshore.config.ts': configText()
        .replace('"max":10', 'max')
        .replace('\n', "\nimport { max } from './limits.js'\n"),
    })
    expect(await loadServices({ file: undefined, cwd })).toMatchObject([{ tasks: { max: 7 } }])
  })

  it('may export several services, a plain object, or a promise of one', async () => {
    const plain = configText().replace(/.*\n/, '').replace('defineService', '')
    const cwd = folderWith({
      'several.mjs': plain
        .replace('default (', 'default [')
        .replace(
          ')\n',
          ', {"cluster":"c","service":"s","queue":"q","tasks":{"min":0,"max":1,"concurrency":1},"handling":{"mean":"1s"},"objective":{"wait":{"p99":"1m"}}}]\n',
        ),
      'plain.mjs': plain,
      'promise.mjs': plain
        .replace('default ', 'default Promise.resolve')
        .replace('Promise.resolve(', 'Promise.resolve('),
    })
    expect(await loadServices({ file: 'several.mjs', cwd })).toHaveLength(2)
    expect(await loadServices({ file: 'plain.mjs', cwd })).toHaveLength(1)
    expect(await loadServices({ file: 'promise.mjs', cwd })).toHaveLength(1)
  })

  it('says where it looked when there is none', async () => {
    expect(await messageFor({})).toMatch(
      /^No longshore\.config\.\{ts,mts,js,mjs\} in .* or any folder above it\. Create one/,
    )
    expect(await messageFor({}, 'nope.ts')).toMatch(
      /^--config: expected a file that exists, got nope\.ts \(\/.*\/nope\.ts\)\.$/,
    )
  })

  it.each([
    [
      'does not parse',
      'export default {{{',
      /^longshore\.config\.ts does not parse: Unexpected token .*longshore\.config\.ts:1:16/,
    ],
    [
      'throws',
      "\nthrow new RangeError('too far')",
      /^longshore\.config\.ts threw RangeError: too far \(longshore\.config\.ts:2:\d+\)$/,
    ],
    [
      'rejects',
      "export default Promise.reject(new Error('late'))",
      /^longshore\.config\.ts threw Error: late \(longshore\.config\.ts:1:\d+\)$/,
    ],
    ['throws no error', "throw 'x'", /^longshore\.config\.ts threw "x"\.$/],
    [
      'imports what is not there',
      "import x from 'nope-pkg'\nexport default x",
      /^longshore\.config\.ts: Cannot find module 'nope-pkg'\. Install it/,
    ],
    ['exports nothing', '', /expected a default export .*, got no exports\.$/],
    ['has only named exports', 'export const config = 1', /expected a default export .*, got only config\.$/],
    [
      'exports no service',
      'export default 7',
      /^longshore\.config\.ts: The service has a problem:\n {2}expected an object with cluster/,
    ],
    ['exports an empty array', 'export default []', /expected at least one service, got an empty array\.$/],
    [
      'breaks the schema',
      configText({ tasks: { min: 3, max: 2, concurency: 1 } }),
      /^longshore\.config\.ts: The service "thumbnails" has 3 problems:\n.*\n.*did you mean tasks\.concurrency\?\n {2}tasks\.min: expected at most tasks\.max \(2\), got 3$/,
    ],
  ])('that %s gives one message', async (_, text, message) => {
    expect(await messageFor({ 'longshore.config.ts': text })).toMatch(message)
  })

  it('may not name a service twice', async () => {
    const twice = configText()
      .replace('default defineService(', 'default [1, 2].map(() => defineService(')
      .replace(/\)\n$/, '))\n')
    expect(await messageFor({ 'longshore.config.ts': twice })).toContain(
      'got "thumbnails" in cluster "media" twice',
    )
  })

  it.each(['plan', 'apply', 'publish', 'status'])(
    'that throws ends %s with 2 and no stack trace',
    async (verb) => {
      const cwd = folderWith({ 'longshore.config.ts': "throw new Error('broken')" })
      const { code, stdout, stderr } = await runHere([verb], { cwd })
      expect(code).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toMatch(
        /^longshore: longshore\.config\.ts threw Error: broken \(longshore\.config\.ts:1:\d+\)\n$/,
      )
    },
  )

  it('is named by --config, before or after the verb', async () => {
    const cwd = folderWith({ 'other.ts': "throw new Error('other')" })
    for (const args of [
      ['--config', 'other.ts', 'plan'],
      ['plan', '-c', 'other.ts'],
    ]) {
      const { code, stderr } = await runHere(args, { cwd })
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^longshore: other\.ts threw Error: other/)])
    }
  })
})
