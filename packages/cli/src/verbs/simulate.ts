import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import type { Service } from '@longshore/scaler'
import type { Group, Outcome, SimulateOptions, Simulation, Traffic } from '@longshore/scaler/simulate'
import type { Command } from 'commander'
import { Argument, InvalidArgumentError, Option } from 'commander'
import { toDuration, wholeNumber } from '../arguments.js'
import { EXIT, UsageError } from '../exit.js'
import type { ExitCode } from '../exit.js'
import { writeJson, writeLine } from '../io.js'
import type { Io } from '../io.js'
import { renderTitle } from '../render/proposals.js'
import { renderComparison, renderOutcome } from '../render/simulation.js'
import { formatMs } from '../render/text.js'
import type { GlobalOptions, Session } from '../session.js'
import { createStyle } from '../style.js'

const EXAMPLES = `
Runs the plan of the configuration in virtual time against messages that come as you say: with the delays of CloudWatch,
Application Auto Scaling and ECS, and the decisions that \`publish\` would make. Calls nothing, and changes nothing. The same
seed gives the same figures.

Traffic is a pattern, several joined by +, or a file: a CSV of instants and counts, or what \`aws cloudwatch
get-metric-data\` answers for NumberOfMessagesSent; compressed or not.
  constant:rate=5/s                                        square:low=1/s,high=50/s,period=1h[,share=0.5]
  diurnal:low=1/s,high=20/s[,period=24h][,peak=15h]        burst:size=20000,over=1m[,at=1h][,every=6h][,base=1/s]
  ramp:from=1/s,to=50/s,over=2h[,at=0s]                    batch:size=5000[,at=0s][,every=1h]
  noise:none | noise:cv=0.3                                (without it a Poisson process)

Examples:
  $ longshore simulate
  $ longshore simulate --traffic 'diurnal:low=1/s,high=20/s + batch:size=5000,at=2h,every=6h' --compare
  $ longshore simulate thumbnails --traffic sent.csv --skip 9h --hours 3 --strategy ladder --report report.html
  $ longshore simulate --cpu 0.25 --memory 0.5 --arm --json`

const STRATEGIES = ['targetTracking', 'ladder', 'controller'] as const

interface SimulateVerbOptions extends GlobalOptions {
  readonly traffic?: string
  readonly hours?: number
  readonly skip?: NonNullable<SimulateOptions['skip']>
  readonly seed: number
  readonly strategy?: (typeof STRATEGIES)[number]
  readonly compare?: boolean
  readonly handling?: NonNullable<SimulateOptions['skip']>
  readonly cpu: number
  readonly memory: number
  readonly arm?: boolean
  readonly report?: string
}

/** `longshore simulate`: what the plan will do and cost. */
export function addSimulate(program: Command, session: Session): void {
  program
    .command('simulate')
    .description('show what the plan will do and cost under a pattern of traffic; call and change nothing')
    .addArgument(new Argument('[service]', 'only this one of the configuration'))
    .option(
      '--traffic <pattern or file>',
      'what arrives (default: waves of half of what all tasks can do, and bursts)',
    )
    .option('--hours <number>', 'how long (default: 24, or as long as the file)', toHours)
    .option('--skip <duration>', 'leave out the beginning of the traffic', toDuration)
    .option('--seed <number>', 'of every random choice', wholeNumber(0, 2 ** 32 - 1), 1)
    .addOption(new Option('--strategy <strategy>', 'in place of the configured one').choices(STRATEGIES))
    .option('--compare', 'all strategies, and what teams do today, under the same messages')
    .option(
      '--handling <duration>',
      'mean handling time as it really is (default: as configured)',
      toDuration,
    )
    .option('--cpu <vcpu>', 'of a task, for the price', toSize, 1)
    .option('--memory <gb>', 'of a task, for the price', toSize, 2)
    .option('--arm', 'tasks on ARM, for the price')
    .option('--report <file>', 'write a page with plots, an HTML file that needs nothing else')
    .addHelpText('after', EXAMPLES)
    .action(async (service: string | undefined, _options, command: Command) =>
      session.end(await simulate(service, command.optsWithGlobals(), session)),
    )
}

/** A service's runs under its traffic. */
interface Simulated {
  readonly service: Service
  readonly traffic: Traffic
  readonly startsAtMs: number
  readonly durationMs: number
  readonly runs: readonly {
    readonly group: Group
    readonly isConfigured: boolean
    readonly outcome: Outcome
  }[]
}

async function simulate(
  name: string | undefined,
  options: SimulateVerbOptions,
  { io }: Session,
): Promise<ExitCode> {
  const [{ loadServices }, { withStrategy }] = await Promise.all([
    import('../scaling.js'),
    import('@longshore/scaler/simulate'),
  ])
  const services = chosen(await loadServices({ file: options.config, cwd: io.cwd }), name)
  const simulated: Simulated[] = []
  for (const each of services) {
    const service = options.strategy === undefined ? each : withStrategy(each, options.strategy)
    const result = await simulateOne(service, options, io)
    if (result === undefined) return EXIT.interrupted
    simulated.push(result)
  }
  if (options.report !== undefined) await writeReport(options.report, simulated, { options, io })
  await tellWhatIsLeftOut(simulated, io)
  if (options.json) writeJson(io.stdout, await jsonOf(simulated, options))
  else await writeText(simulated, { options, io })
  return EXIT.ok
}

function chosen(services: readonly Service[], name: string | undefined): readonly Service[] {
  if (name === undefined) return services
  const found = services.filter(({ service }) => service === name)
  if (found.length > 0) return found
  const names = services.map(({ service }) => service).join(', ')
  throw new UsageError(`Expected a service of the configuration (${names}), got ${JSON.stringify(name)}.`)
}

/** Undefined: interrupted. */
async function simulateOne(
  service: Service,
  options: SimulateVerbOptions,
  io: Io,
): Promise<Simulated | undefined> {
  const { createComparison, createSimulation, defaultTraffic } = await import('@longshore/scaler/simulate')
  const usual = defaultTraffic(service)
  const { toTraffic } = await import('../traffic-argument.js')
  const traffic = options.traffic === undefined ? usual.traffic : toTraffic(options.traffic, io.cwd)
  const usualDuration = options.traffic === undefined ? usual.duration : undefined
  const { cpu: vcpu, memory: memoryGb, arm = false, seed, skip, handling } = options
  const given: SimulateOptions = {
    traffic,
    duration: options.hours === undefined ? usualDuration : `${options.hours}h`,
    skip,
    seed,
    size: { vcpu, memoryGb, arm },
    handling: { mean: handling },
  }
  const all = options.compare
    ? createComparison(service, given)
    : [{ group: 'longshore' as const, isConfigured: true, simulation: createSimulation(service, given) }]
  if (
    !(await advance(
      all.map(({ simulation }) => simulation),
      io,
    ))
  )
    return undefined
  const [first] = all
  if (first === undefined) throw new Error('Nothing was simulated.')
  const { startMs: startsAtMs, durationMs } = first.simulation
  return {
    service,
    traffic,
    startsAtMs,
    durationMs,
    runs: all.map(({ group, isConfigured, simulation }) => ({
      group,
      isConfigured,
      outcome: simulation.outcome(),
    })),
  }
}

/** Often enough to hear an interrupt, seldom enough to cost nothing. */
const STRETCH_MS = 600_000

/** Runs all to their end, and shows how far it is where somebody looks; false when it was interrupted. */
async function advance(simulations: readonly Simulation[], { signal, stderr }: Io): Promise<boolean> {
  const whole = simulations.reduce((sum, { durationMs }) => sum + durationMs, 0)
  let shown = 0
  let doneMs = 0
  for (const simulation of simulations) {
    while (!simulation.isOver) {
      const before = simulation.atMs
      simulation.advance(before + STRETCH_MS)
      doneMs += simulation.atMs - before
      const percent = Math.floor((100 * doneMs) / whole)
      if (stderr.isTTY && percent !== shown) stderr.write(`\rsimulating … ${percent} %`)
      shown = percent
      await turn()
      if (signal.aborted) break
    }
    if (signal.aborted) break
  }
  if (stderr.isTTY && shown > 0) stderr.write('\r\u001B[K')
  return !signal.aborted
}

async function tellWhatIsLeftOut(simulated: readonly Simulated[], { stderr }: Io): Promise<void> {
  const { notSimulated } = await import('@longshore/scaler/simulate')
  for (const { service } of simulated) {
    for (const note of notSimulated(service)) writeLine(stderr, `note: ${service.service}: ${note}`)
  }
}

interface Writing {
  readonly options: SimulateVerbOptions
  readonly io: Io
}

async function writeText(simulated: readonly Simulated[], { options, io }: Writing): Promise<void> {
  const { PRICE_SOURCE } = await import('@longshore/scaler/simulate')
  const style = createStyle(io)
  for (const { service, traffic, durationMs, runs } of simulated) {
    const objectiveMs = service.objective.wait.p99Ms
    writeLine(io.stdout, renderTitle(service, style))
    writeLine(
      io.stdout,
      `${traffic.description}, ${formatMs(durationMs)}, seed ${options.seed}; objective p99 ${formatMs(objectiveMs)}`,
    )
    if (options.compare) writeLine(io.stdout, renderComparison(runs, style))
    else
      for (const { outcome } of runs)
        writeLine(io.stdout, renderOutcome({ outcome, objectiveMs, durationMs }, style))
  }
  const { cpu, memory, arm } = options
  writeLine(
    io.stdout,
    style.faint(`Tasks of ${cpu} vCPU and ${memory} GB${arm ? ' (ARM)' : ''}: ${PRICE_SOURCE}.`),
  )
  if (options.report !== undefined) writeLine(io.stdout, `Plots: ${options.report}`)
}

async function jsonOf(
  simulated: readonly Simulated[],
  { seed, cpu, memory, arm = false }: SimulateVerbOptions,
): Promise<unknown> {
  const { PRICE_SOURCE } = await import('@longshore/scaler/simulate')
  const services = simulated.map(({ service, traffic, startsAtMs, durationMs, runs }) => ({
    cluster: service.cluster,
    service: service.service,
    traffic: traffic.description,
    seed,
    startsAt: new Date(startsAtMs).toISOString(),
    durationSeconds: durationMs / 1_000,
    objectiveSeconds: service.objective.wait.p99Ms / 1_000,
    task: { vcpu: cpu, memoryGb: memory, arm, priceSource: PRICE_SOURCE },
    runs: runs.map(({ group, isConfigured, outcome }) => ({ group, isConfigured, ...outcome })),
  }))
  return { services }
}

async function writeReport(
  file: string,
  simulated: readonly Simulated[],
  { options, io }: Writing,
): Promise<void> {
  const { PRICE_SOURCE, renderReport } = await import('@longshore/scaler/simulate')
  const html = renderReport(
    simulated.map(({ service, traffic, startsAtMs, durationMs, runs }) => ({
      title: `${service.service} (${service.cluster})`,
      subtitle: `${traffic.description}, ${formatMs(durationMs)}, seed ${options.seed}`,
      objectiveSeconds: service.objective.wait.p99Ms / 1_000,
      startsAtMs,
      runs,
      note: `Tasks of ${options.cpu} vCPU and ${options.memory} GB: ${PRICE_SOURCE}.`,
    })),
  )
  try {
    writeFileSync(resolve(io.cwd, file), html)
  } catch (error) {
    throw new UsageError(`--report: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

function toHours(text: string): number {
  return positive(text, 'a number of hours above 0, at most 9600', 9_600)
}

function toSize(text: string): number {
  return positive(text, 'a number above 0', 10_000)
}

function positive(text: string, expected: string, most: number): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && value <= most) return value
  throw new InvalidArgumentError(`Expected ${expected}.`)
}
