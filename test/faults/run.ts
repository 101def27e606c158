// `npm run test:faults`: many runs of what a worker promises under faults, on every core. A failure prints the command that
// plays it again.
//   --runs N      in all; default 100,000        --seed N      default: a random one, which is printed
//   --property N  only this one, from 1          --path P      with --seed and --property: one run that failed
//   --seconds N   no more runs are begun after that
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import * as fc from 'fast-check'
import { holds, PROPERTIES } from './properties.js'

/** So many runs of one property are a unit of work for a process. */
const CHUNK = 1_000
const PROGRESS_MS = 10_000

interface Chunk {
  readonly property: number
  readonly seed: number
  readonly runs: number
  readonly path?: string | undefined
}

interface Result extends Chunk {
  readonly failure?: { readonly path: string; readonly counterexample: string; readonly error: string }
}

if (process.send === undefined) await runAll()
else process.on('message', (chunk: Chunk) => void run(chunk).then((result) => process.send?.(result)))

async function run(chunk: Chunk): Promise<Result> {
  const property = PROPERTIES[chunk.property]
  if (property === undefined) throw new Error(`There is no property ${chunk.property + 1}.`)
  const details = await fc.check(
    fc.asyncProperty(property.plans, (plan) => holds(property, plan)),
    {
      numRuns: chunk.runs,
      seed: chunk.seed,
      ...(chunk.path === undefined ? {} : { path: chunk.path, endOnFailure: true }),
    },
  )
  if (!details.failed) return chunk
  const error = details.errorInstance instanceof Error ? details.errorInstance.message : 'failed'
  const counterexample = JSON.stringify(details.counterexample?.[0])
  return { ...chunk, failure: { path: details.counterexamplePath ?? '', counterexample, error } }
}

async function runAll(): Promise<void> {
  const options = optionsOf()
  const chunks = chunksOf(options)
  const total = chunks.reduce((sum, { runs }) => sum + runs, 0)
  say(`${total.toLocaleString('en-US')} runs, seed ${options.seed}`)
  const began = performance.now()
  let done = 0
  const progress = setInterval(() => {
    const perSecond = Math.round(done / ((performance.now() - began) / 1_000))
    say(`${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} runs, ${perSecond} a second`)
  }, PROGRESS_MS)
  const failed = new Set<number>()
  const isOver = (): boolean => performance.now() - began > options.seconds * 1_000
  const children = Array.from({ length: Math.min(availableParallelism(), chunks.length) }, () =>
    fork(import.meta.filename, [], { execArgv: process.execArgv }),
  )
  const stop = (): void => children.forEach((child) => void child.kill('SIGKILL'))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
  await Promise.all(
    children.map((child) =>
      work(
        child,
        () => (isOver() ? undefined : chunks.shift()),
        (result) => {
          done += result.runs
          if (result.failure !== undefined && !failed.has(result.property)) tell(result)
          if (result.failure !== undefined) failed.add(result.property)
        },
      ),
    ),
  )
  clearInterval(progress)
  const asked = options.property === undefined ? PROPERTIES.length : 1
  const seconds = (performance.now() - began) / 1_000
  const isWhole = done === total || isOver()
  if (done < total) say(isOver() ? 'the time is over' : 'stopped before the end')
  say(
    `${done.toLocaleString('en-US')} runs in ${Math.round(seconds)} s, ${Math.round(done / seconds)} a second`,
  )
  const broken = isWhole ? failed.size : Math.max(1, failed.size)
  process.stdout.write(`${Math.max(0, asked - broken)} passed, ${broken} failed\n`)
  process.exitCode = broken === 0 ? 0 : 1
}

/** Hands a process chunk after chunk; resolves when there are none, or the process has ended. */
function work(
  child: ChildProcess,
  nextChunk: () => Chunk | undefined,
  onResult: (result: Result) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const next = (): void => {
      const chunk = nextChunk()
      if (chunk === undefined) child.disconnect()
      else child.send(chunk)
    }
    child.on('message', (result: Result) => {
      onResult(result)
      next()
    })
    child.once('exit', () => resolve())
    next()
  })
}

function tell({ property, seed, failure }: Result): void {
  const name = PROPERTIES[property]?.name
  say(`FAILED: ${name ?? ''}`)
  say(`  ${failure?.error}`)
  say(`  ${failure?.counterexample}`)
  say(`  again: npm run test:faults -- --property ${property + 1} --seed ${seed} --path ${failure?.path}`)
}

interface Options {
  readonly runs: number
  readonly seed: number
  readonly property: number | undefined
  readonly path: string | undefined
  readonly seconds: number
}

function optionsOf(): Options {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: { runs: text, seed: text, property: text, path: text, seconds: text },
  })
  return {
    runs: Number(values.runs ?? 100_000),
    seed: Number(values.seed ?? randomInt(2 ** 31)),
    property: values.property === undefined ? undefined : Number(values.property) - 1,
    path: values.path,
    seconds: Number(values.seconds ?? Infinity),
  }
}

/** The properties in turn, so that each has had its share whenever the runner is stopped. */
function chunksOf({ runs, seed, property, path }: Options): Chunk[] {
  if (path !== undefined) return [{ property: property ?? 0, seed, runs: 1, path }]
  const asked = property === undefined ? [...PROPERTIES.keys()] : [property]
  const chunks: Chunk[] = []
  for (let left = runs, round = 0; left > 0; left -= CHUNK, round += 1) {
    const place = round % asked.length
    const at = Math.floor(round / asked.length)
    // With --property, --seed is that of its first chunk.
    chunks.push({ property: asked[place] ?? 0, seed: seed + at, runs: Math.min(CHUNK, left) })
  }
  return chunks
}

function say(line: string): void {
  process.stdout.write(`faults: ${line}\n`)
}
