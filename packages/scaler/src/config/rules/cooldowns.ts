import {
  DEFAULT_LAUNCH_TIME_MS,
  HIGH_RESOLUTION_STALENESS_SECONDS,
  leastScaleOutCooldownSeconds,
  STALENESS_SECONDS,
} from '../limits.js'
import { HOLDS, readableMs } from './rule.js'
import type { BrokenRule, Loose, Rule } from './rule.js'
import type { ServiceConfig } from '../service-config.js'

export const cooldownRules: readonly Rule[] = [
  (config) =>
    config.strategy === undefined || config.strategy === 'targetTracking'
      ? tooShort(config, { path: ['cooldowns', 'scaleOut'], value: config.cooldowns?.scaleOut })
      : HOLDS,
  (config) =>
    (['cpu', 'memory', 'requests'] as const).flatMap((kind) => {
      const policy = config.policies?.[kind]
      const isHighResolution =
        policy !== undefined && 'highResolution' in policy && policy.highResolution === true
      return tooShort(config, {
        path: ['policies', kind, 'cooldowns', 'scaleOut'],
        value: policy?.cooldowns?.scaleOut,
        stalenessSeconds: isHighResolution ? HIGH_RESOLUTION_STALENESS_SECONDS : STALENESS_SECONDS,
      })
    }),
]

function tooShort(
  { launchTime }: Loose<ServiceConfig>,
  cooldown: { readonly path: readonly string[]; readonly value: unknown; readonly stalenessSeconds?: number },
): readonly BrokenRule[] {
  const scaleOutMs = readableMs(cooldown.value)
  const launchTimeMs = launchTime === undefined ? DEFAULT_LAUNCH_TIME_MS : readableMs(launchTime)
  if (scaleOutMs === undefined || launchTimeMs === undefined) return HOLDS
  const { stalenessSeconds = STALENESS_SECONDS } = cooldown
  const leastSeconds = leastScaleOutCooldownSeconds(launchTimeMs, stalenessSeconds)
  if (scaleOutMs >= leastSeconds * 1_000) return HOLDS
  return [
    {
      path: cooldown.path,
      expected: `at least ${leastSeconds}s (${stalenessSeconds}s until the metric shows a change, and ${launchTimeMs / 1_000}s launchTime)`,
    },
  ]
}
