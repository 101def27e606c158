import type { Service } from '../config/service.js'
import { ownSetup } from './control/own-setup.js'
import type { Setup } from './control/setup.js'
import { resolveOptions } from './options.js'
import type { SimulateOptions } from './options.js'
import { Simulation } from './simulation.js'
import type { Outcome } from './simulation.js'

/**
 * A simulation, to be advanced as far and as fast as the caller likes; by default of the service's own plan. It runs
 * nothing by itself.
 *
 * @throws ConfigError for options that cannot be.
 */
export function createSimulation(
  service: Service,
  options: SimulateOptions,
  setup: Setup = ownSetup(service),
): Simulation {
  const { startTasksOf, ...resolved } = resolveOptions(service, options)
  return new Simulation({ ...resolved, setup, startTasks: startTasksOf(setup) })
}

/**
 * What a service's plan will do and cost under some traffic, from beginning to end. Pure: the same options give the same
 * figures.
 *
 * @throws ConfigError for options that cannot be.
 */
export function simulate(service: Service, options: SimulateOptions, setup?: Setup): Outcome {
  const simulation = createSimulation(service, options, setup)
  simulation.advance(Infinity)
  return simulation.outcome()
}
