// What a user gets: every publishable package is packed, the archives are installed in an empty project with npm, and a
// worker runs from there, on the local AWS of the installed command.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly bin?: Readonly<Record<string, string>>
  readonly engines?: { readonly node?: string }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly packageManager?: string
}

const INSTALL_LIMIT_MS = 180_000

const root = resolve(import.meta.dirname, '..')
const project = mkdtempSync(join(tmpdir(), 'longshore-packed-'))
const run = promisify(execFile)

const workspace = readManifest(root)
const publishable = readdirSync(join(root, 'packages'))
  .map((folder) => readManifest(join(root, 'packages', folder)))
  .filter((manifest) => manifest.private !== true)
  .map(({ name }) => name)

beforeAll(async () => {
  const archives = join(project, 'archives')
  const pack = ['-y', workspace.packageManager ?? 'pnpm', '--recursive', '--filter', './packages/*', 'pack']
  await run('npx', [...pack, '--pack-destination', archives], { cwd: root })

  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  )
  const packed = readdirSync(archives).map((name) => join(archives, name))
  const beside = ['zod', '@types/node'].map((name) => `${name}@${workspace.devDependencies?.[name]}`)
  // The peers are the workspace's own, linked where they are needed: the CDK alone is 180 MB.
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--omit=peer']
  await run('npm', [...install, ...packed, ...beside], { cwd: project })
}, INSTALL_LIMIT_MS)

afterAll(() => rmSync(project, { recursive: true, force: true }))

describe.each(publishable)('%s, packed', (name) => {
  const folder = join(project, 'node_modules', name)

  test('holds the build, its sources, a README and the licence, and nothing else', () => {
    const files = filesIn(folder)
    const expected = /^(dist\/.+\.(js|d\.ts)(\.map)?|src\/.+\.ts|README\.md|LICENSE|package\.json)$/
    expect(files.filter((file) => !expected.test(file) || /\.test\./.test(file))).toEqual([])
    const needed = ['README.md', 'LICENSE', 'dist/index.js', 'src/index.ts']
    expect(needed.filter((file) => !files.includes(file))).toEqual([])
    expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'))
  })

  test('exports files that are there, each with its types', () => {
    const { exports, bin = {} } = readManifest(folder)
    const targets = Object.values(exports).flatMap((target) =>
      typeof target === 'string' ? target : Object.values(target),
    )
    for (const target of [...targets, ...Object.values(bin)])
      expect(existsSync(join(folder, target)), target).toBe(true)
    for (const target of Object.values(exports)) {
      if (typeof target !== 'string') expect(target.types).toBe(target.default.replace(/\.js$/, '.d.ts'))
    }
    for (const target of Object.values(bin)) {
      expect(readFileSync(join(folder, target), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    }
  })

  test('names real versions of what it depends on, and the Node it needs', () => {
    const { engines, dependencies = {} } = readManifest(folder)
    expect(engines).toEqual({ node: '>=20.19' })
    for (const [dependency, version] of Object.entries(dependencies)) {
      expect(version, dependency).toMatch(/^\d+\.\d+\.\d+$/)
      // One copy, the one that was packed with it.
      if (publishable.includes(dependency))
        expect(existsSync(join(folder, 'node_modules', dependency))).toBe(false)
    }
  })

  test('brings every source, built, with maps that lead from the build back to it', () => {
    // What an earlier build left in dist is no matter here: a release is packed from a clean clone.
    for (const source of filesIn(join(sourceOf(name), 'src'))) {
      const built = join('dist', source.replace(/\.ts$/, '.js'))
      const { sources } = JSON.parse(readFileSync(join(folder, `${built}.map`), 'utf8')) as {
        sources: string[]
      }
      expect(sources.map((path) => join(dirname(built), path))).toEqual([join('src', source)])
      expect(existsSync(join(folder, 'src', source)), source).toBe(true)
      expect(existsSync(join(folder, built)), built).toBe(true)
    }
  })
})

test('importing any public entry does nothing but define, and only some need an optional library', async () => {
  const entries = publishable.flatMap((name) =>
    Object.entries(readManifest(join(project, 'node_modules', name)).exports)
      .filter(([, target]) => typeof target !== 'string')
      .map(([subpath]) => name + subpath.slice(1)),
  )
  const { stdout, stderr } = await runCode(
    `for (const entry of ${JSON.stringify(entries)}) {
      await import(entry).catch(({ code, message }) => console.log(entry, code, /'([^']+)'/.exec(message)[1]))
    }`,
  )
  expect(stderr).toBe('')
  const failed = stdout.split('\n').filter((line) => line !== '')
  expect(failed.length).toBeGreaterThan(0)
  expect(failed).toEqual(needs().map(([entry, library]) => `${entry} ERR_MODULE_NOT_FOUND ${library}`))

  const remove = linkPeers()
  const imports = entries.map((entry) => `await import(${JSON.stringify(entry)})`).join('\n')
  const { stdout: withAll, stderr: errors } = await runCode(imports)
  remove()
  expect(withAll + errors).toBe('')
})

/** The entries that need an optional library, by the READMEs: `| `@longshore/core/x` | `library` | …`. */
function needs(): string[][] {
  const read = (name: string): string =>
    readFileSync(join(project, 'node_modules', name, 'README.md'), 'utf8')
  const rows = publishable
    .map(read)
    .join('\n')
    .matchAll(/^\| `(@longshore\/[^`]+)` +\| `([^`]+)` +\|/gm)
  return [...rows].map(([, entry = '', library = '']) => [entry, library])
}

async function runCode(code: string): Promise<{ stdout: string; stderr: string }> {
  return await run('node', ['--input-type=module', '--eval', code], { cwd: project })
}

/** Puts the peers of the packages into the project, as if it had installed them; the answer takes them away. */
function linkPeers(): () => void {
  const links = publishable.flatMap((name) => {
    const peers = Object.keys(readManifest(sourceOf(name)).peerDependencies ?? {})
    return peers.map((library) => ({
      from: realpathSync(join(sourceOf(name), 'node_modules', library)),
      to: join(project, 'node_modules', library),
    }))
  })
  // Several packages may have the same one.
  const made = [...new Map(links.map((link) => [link.to, link])).values()].filter(({ to }) => !existsSync(to))
  for (const { from, to } of made) {
    mkdirSync(dirname(to), { recursive: true })
    symlinkSync(from, to)
  }
  return () => {
    for (const { to } of made) rmSync(to)
  }
}

const started: InstalledProcess[] = []
afterEach(async () => {
  for (const each of started.splice(0).toReversed()) await each.stop()
})

test('a worker written against the installed packages type-checks and handles messages', async () => {
  await compileConsumer()
  const command = start([join('node_modules', 'longshore', 'dist', 'main.js'), 'dev', '--port', '0'], {})
  const variables = await command.printed((line) => readVariables(line))
  const environment = { ...variables, QUEUE_URL: await createQueue(variables) }

  const worker = start(['out/worker.js'], environment)
  await start(['out/send.js', 'Ada', 'Grace', 'Edsger'], environment).ended()
  for (const name of ['Ada', 'Grace', 'Edsger'])
    await worker.printed((line) => line === `hello ${name}` || undefined)
  expect(await worker.stop()).toBe(0)
  expect(await command.stop()).toBe(0)
}, 60_000)

async function compileConsumer(): Promise<void> {
  for (const [name, text] of Object.entries(CONSUMER)) writeFileSync(join(project, name), text)
  const compilerOptions = {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    types: ['node'],
    outDir: 'out',
  }
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: Object.keys(CONSUMER) }),
  )
  // The declarations of the packages are checked with it: a consumer need not set skipLibCheck.
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project]).catch(
    ({ stdout }: { stdout: string }) => expect.fail(stdout),
  )
}

const CONSUMER = {
  'queue.ts': `import { defineQueue } from '@longshore/core'
import { z } from 'zod'

export const greetings = defineQueue({ url: process.env.QUEUE_URL, message: z.object({ name: z.string() }) })
`,
  'worker.ts': `import { createWorker } from '@longshore/core'
import { greetings } from './queue.js'

const worker = createWorker(greetings, ({ name }) => console.log(\`hello \${name}\`), { concurrency: 2 })
await worker.runUntilSignal()
`,
  'send.ts': `import { createProducer } from '@longshore/core'
import { greetings } from './queue.js'

const producer = createProducer(greetings)
await Promise.all(process.argv.slice(2).map((name) => producer.send({ name })))
await producer.close()
`,
  'longshore.config.ts': `import { defineService } from '@longshore/scaler'

export default defineService({
  cluster: 'greetings',
  service: 'greetings',
  queue: 'greetings',
  tasks: { min: 1, max: 4, concurrency: 2 },
  handling: { mean: '100ms' },
  objective: { wait: { p99: '30s' } },
})
`,
  'surface.ts': `import type { Duration } from '@longshore/core/time'
import { manualClock } from '@longshore/core/testing'
import { startLocalAws, type LocalAws } from '@longshore/local'
import * as model from '@longshore/model'

export const wait: Duration = '30s'
export const clock = manualClock()
export const open = (): Promise<LocalAws> => startLocalAws({ port: 0, timeScale: 60 })
export const rules: object = model
`,
}

async function createQueue(variables: Readonly<Record<string, string>>): Promise<string> {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_REGION = '' } = variables
  const sqs = new SQSClient({
    endpoint: variables.AWS_ENDPOINT_URL ?? '',
    region: AWS_REGION,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    useQueueUrlAsEndpoint: false,
  })
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'greetings' }))
  sqs.destroy()
  return QueueUrl ?? ''
}

interface InstalledProcess {
  /** The first value that `find` makes of a line; rejects with all output when the process ends before. */
  printed<T>(find: (line: string) => T | undefined): Promise<T>
  /** Resolves when it has ended with 0; rejects with all output otherwise. */
  ended(): Promise<void>
  /** Sends SIGTERM; the exit code. */
  stop(): Promise<number | null>
}

function start(args: readonly string[], environment: Readonly<Record<string, string>>): InstalledProcess {
  const child = spawn(process.execPath, args, { cwd: project, env: { ...process.env, ...environment } })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      child.emit('printed')
    })
  }
  const exit = once(child, 'close') as Promise<[number | null]>
  const failure = (): Error =>
    new Error(`${args.join(' ')} ended with ${child.exitCode}:\n${lines.join('\n')}`)

  const self: InstalledProcess = {
    async printed(find) {
      for (;;) {
        const found = lines.map(find).find((value) => value !== undefined)
        if (found !== undefined) return found
        if (child.exitCode !== null) throw failure()
        await Promise.race([once(child, 'printed'), exit])
      }
    },
    async ended() {
      const [code] = await exit
      if (code !== 0) throw failure()
    },
    async stop() {
      child.kill('SIGTERM')
      const [code] = await exit
      return code
    },
  }
  started.push(self)
  return self
}

/** The variables that the command prints on the line that says it is ready. */
function readVariables(line: string): Record<string, string> | undefined {
  const pairs = [...line.matchAll(/\b(AWS_\w+)=(\S+)/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  )
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined
}

/** The folder in which a package is developed. */
function sourceOf(name: string): string {
  return join(root, 'node_modules', name)
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** Its files as relative paths with slashes, nested packages left out. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('node_modules/'))
}
