import type { Service } from '../../config/service.js'
import type { Setup } from '../control/setup.js'
import { keda } from './loops.js'
import { cdkPattern, stepOnAge, stepOnVisible, watchbot } from './steps.js'
import { awsGuide, awsGuideMath, copilotWorker, cpuTracking } from './tracking.js'

/**
 * What teams do today, with the bounds of the service and, where a policy takes an objective, its objective: to be run under
 * the same traffic.
 */
export function baselineSetups(service: Service): readonly Setup[] {
  return [
    awsGuide(service),
    awsGuideMath(service),
    copilotWorker(service),
    cdkPattern(service),
    cpuTracking(service, {
      name: 'CPU 75 %',
      percent: 75,
      highResolution: false,
      description: 'terraform-aws-modules/ecs: target tracking on CPU at 75 %, by the minute',
    }),
    cpuTracking(service, {
      name: 'CPU 50 %, 20 s',
      percent: 50,
      highResolution: true,
      description: 'Target tracking on CPU at 50 %, by twenty seconds',
    }),
    stepOnVisible(service),
    stepOnAge(service),
    watchbot(service),
    keda(service),
  ]
}
