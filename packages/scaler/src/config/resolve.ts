import { durationMs } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import { DEFAULTS, PREDICTIVE_DEFAULTS } from '@longshore/model'
import {
  DEFAULT_BEAT_SECONDS,
  DEFAULT_IDLE_SECONDS,
  DEFAULT_LAUNCH_TIME_MS,
  DEFAULT_SURPLUS_SECONDS,
  HIGH_RESOLUTION_STALENESS_SECONDS,
  leastScaleOutCooldownSeconds,
  leastStepCooldownSeconds,
  STALENESS_SECONDS,
} from './limits.js'
import type {
  PoliciesConfig,
  RequestsConfig,
  StepsConfig,
  StrategyName,
  UtilizationConfig,
} from './scaling-config.js'
import type { ServiceConfig } from './service-config.js'
import { SERVICE_BRAND } from './service.js'
import type {
  CooldownSeconds,
  Policies,
  Predictive,
  Service,
  ServiceQueue,
  Steps,
  Strategy,
} from './service.js'

/** A checked configuration with its defaults, and every number in the unit that its name says. */
export function resolve(config: ServiceConfig): Service {
  const launchTimeMs =
    config.launchTime === undefined ? DEFAULT_LAUNCH_TIME_MS : durationMs(config.launchTime)
  return {
    [SERVICE_BRAND]: true,
    cluster: config.cluster,
    service: config.service,
    queues: queuesOf(config),
    region: config.region,
    tasks: { ...config.tasks },
    handling: {
      meanMs: durationMs(config.handling.mean),
      variation: config.handling.variation ?? 1,
      measured: measuredOf(config.handling.measured),
    },
    objective: { wait: { p99Ms: durationMs(config.objective.wait.p99) } },
    metric: {
      namespace: config.metric?.namespace ?? 'Longshore',
      name: config.metric?.name ?? 'BacklogPerTask',
    },
    cooldowns: cooldownsOf(config, launchTimeMs),
    launchTimeMs,
    strategy: strategyOf(config),
    policies: policiesOf(config.policies ?? {}, launchTimeMs),
    schedules: config.schedules ?? [],
    suspended: config.suspended && {
      scaleOut: config.suspended.scaleOut ?? false,
      scaleIn: config.suspended.scaleIn ?? false,
      scheduled: config.suspended.scheduled ?? false,
    },
    fallback: config.fallback ?? true,
    limits: {
      messageGroups: config.limits?.messageGroups,
      budgets: config.limits?.budgets ?? [],
    },
  }
}

/** The same service with another strategy, and its defaults; with its own where it has that one already. */
export function withStrategy(service: Service, strategy: StrategyName): Service {
  if (service.strategy.kind === strategy) return service
  const config = { strategy, cooldowns: undefined }
  return {
    ...service,
    strategy: strategyOf(config),
    cooldowns: cooldownsOf(config, service.launchTimeMs),
  }
}

function queuesOf({ queue, queues, handling }: ServiceConfig): ServiceQueue[] {
  const configs = queues ?? (queue === undefined ? [] : [{ name: queue }])
  return configs.map((each) => ({
    name: each.name,
    meanMs: durationMs(each.handling?.mean ?? handling.mean),
    isFair: each.fair ?? false,
  }))
}

function cooldownsOf(
  { strategy = 'targetTracking', cooldowns }: Pick<ServiceConfig, 'strategy' | 'cooldowns'>,
  launchTimeMs: number,
): CooldownSeconds {
  const isTracking = strategy === 'targetTracking'
  return {
    scaleOutSeconds:
      wholeSeconds(cooldowns?.scaleOut) ??
      (isTracking ? leastScaleOutCooldownSeconds(launchTimeMs) : DEFAULT_BEAT_SECONDS),
    scaleInSeconds: wholeSeconds(cooldowns?.scaleIn) ?? (isTracking ? DEFAULTS.defaultCooldownSeconds : 60),
  }
}

function strategyOf({
  strategy = 'targetTracking',
  targetTracking,
  ladder,
  controller,
}: Pick<ServiceConfig, 'strategy' | 'targetTracking' | 'ladder' | 'controller'>): Strategy {
  if (strategy === 'targetTracking') return { kind: strategy, metric: targetTracking?.metric ?? 'published' }
  if (strategy === 'ladder') {
    return {
      kind: strategy,
      periodSeconds: wholeSeconds(ladder?.period) ?? DEFAULT_BEAT_SECONDS,
      outDatapoints: ladder?.outDatapoints ?? 1,
      surplusSeconds: wholeSeconds(ladder?.surplusFor) ?? DEFAULT_SURPLUS_SECONDS,
    }
  }
  return {
    kind: strategy,
    sets: controller?.sets ?? 'desired',
    surplusSeconds: wholeSeconds(controller?.surplusFor) ?? DEFAULT_SURPLUS_SECONDS,
    idleSeconds: wholeSeconds(controller?.idleFor) ?? DEFAULT_IDLE_SECONDS,
    forecast: controller?.forecast ?? true,
  }
}

function policiesOf(policies: PoliciesConfig, launchTimeMs: number): Policies {
  const { cpu, memory, requests, predictive, steps = [] } = policies
  const utilization = (config: UtilizationConfig): Policies['cpu'] => {
    const highResolution = config.highResolution ?? false
    const stalenessSeconds = highResolution ? HIGH_RESOLUTION_STALENESS_SECONDS : STALENESS_SECONDS
    return { ...trackedOf(config, { launchTimeMs, stalenessSeconds }), highResolution }
  }
  return {
    cpu: cpu && utilization(cpu),
    memory: memory && utilization(memory),
    requests: requests && {
      ...trackedOf(requests, { launchTimeMs, stalenessSeconds: STALENESS_SECONDS }),
      resourceLabel: requests.resourceLabel,
    },
    predictive: predictive && predictiveOf(predictive),
    steps: steps.map((each) => stepsOf(each, launchTimeMs)),
  }
}

function trackedOf(
  { target, scaleIn, cooldowns }: UtilizationConfig | RequestsConfig,
  late: { readonly launchTimeMs: number; readonly stalenessSeconds: number },
): CooldownSeconds & { readonly target: number; readonly scaleIn: boolean } {
  return {
    target,
    scaleIn: scaleIn ?? false,
    scaleOutSeconds:
      wholeSeconds(cooldowns?.scaleOut) ??
      leastScaleOutCooldownSeconds(late.launchTimeMs, late.stalenessSeconds),
    scaleInSeconds: wholeSeconds(cooldowns?.scaleIn) ?? DEFAULTS.defaultCooldownSeconds,
  }
}

function predictiveOf(predictive: NonNullable<PoliciesConfig['predictive']>): Predictive {
  return {
    metric: predictive.metric,
    target: predictive.target,
    resourceLabel: predictive.metric === 'requests' ? predictive.resourceLabel : undefined,
    mode: predictive.mode ?? PREDICTIVE_DEFAULTS.Mode,
    bufferSeconds: wholeSeconds(predictive.buffer) ?? PREDICTIVE_DEFAULTS.SchedulingBufferTime,
    maxCapacityBufferPercent: predictive.maxCapacityBuffer,
  }
}

function stepsOf(config: StepsConfig, launchTimeMs: number): Steps {
  const { period, cooldown, least, ...rest } = config
  const periodSeconds = wholeSeconds(period) ?? 60
  const datapoints = config.datapoints ?? 1
  return {
    ...rest,
    periodSeconds,
    datapoints,
    of: config.of ?? datapoints,
    missing: config.missing ?? 'notBreaching',
    change: config.change ?? 'tasks',
    least,
    cooldownSeconds:
      wholeSeconds(cooldown) ??
      leastStepCooldownSeconds({ namespace: config.metric.namespace, periodSeconds }, launchTimeMs),
  }
}

function wholeSeconds(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : Math.ceil(durationMs(duration) / 1_000)
}

function measuredOf(given: ServiceConfig['handling']['measured'] = false): Service['handling']['measured'] {
  return typeof given === 'boolean' ? given && { dimensions: {} } : { dimensions: { ...given.dimensions } }
}
