import { withStrategy } from '../config/resolve.js'
import type { Service } from '../config/service.js'
import type { StrategyName } from '../config/scaling-config.js'
import { baselineSetups } from './baselines/baselines.js'
import { clairvoyant, fixedPeak } from './baselines/loops.js'
import { ownSetup } from './control/own-setup.js'
import { resolveOptions } from './options.js'
import type { SimulateOptions } from './options.js'
import { Simulation } from './simulation.js'

/** What a run is compared as. */
export type Group = 'longshore' | 'baseline' | 'reference'

/** One of several runs under the same traffic. */
export interface ComparedSimulation {
  readonly group: Group
  /** True for the strategy that the service is configured with. */
  readonly isConfigured: boolean
  readonly simulation: Simulation
}

const STRATEGIES: readonly StrategyName[] = ['targetTracking', 'ladder', 'controller']

/**
 * Our strategies, what teams do today, and two references, under the same messages: each waits to be advanced.
 *
 * @throws ConfigError for options that cannot be.
 */
export function createComparison(service: Service, options: SimulateOptions): readonly ComparedSimulation[] {
  const { startTasksOf, ...resolved } = resolveOptions(service, options)
  const own = STRATEGIES.map((name) => withStrategy(service, name))
  const setups = [
    ...own.map((each) => ({ group: 'longshore' as const, service: each, setup: ownSetup(each) })),
    ...baselineSetups(service).map((setup) => ({ group: 'baseline' as const, service, setup })),
    ...[clairvoyant(service, resolved), fixedPeak(service)].map((setup) => ({
      group: 'reference' as const,
      service,
      setup,
    })),
  ]
  return setups.map(({ group, service: of, setup }) => ({
    group,
    isConfigured: group === 'longshore' && of.strategy.kind === service.strategy.kind,
    simulation: new Simulation({ ...resolved, service: of, setup, startTasks: startTasksOf(setup) }),
  }))
}
