import { cooldownRules } from './rules/cooldowns.js'
import type { Loose, Rule, BrokenRule } from './rules/rule.js'
import { boundsRules } from './rules/bounds.js'
import { policyRules } from './rules/policies.js'
import { queueRules } from './rules/queues.js'
import { scheduleRules } from './rules/schedules.js'
import type { ServiceConfig } from './service-config.js'

/**
 * The rules between options that `config` breaks. It need not have the right shape: a rule whose options are missing or
 * wrong holds, since those are problems of their own, so that shape and rules are reported together.
 */
export function brokenRules(config: unknown): BrokenRule[] {
  if (typeof config !== 'object' || config === null) return []
  return RULES.flatMap((rule) => rule(config as Loose<ServiceConfig>))
}

const RULES: readonly Rule[] = [
  ...queueRules,
  ...boundsRules,
  ...cooldownRules,
  ...policyRules,
  ...scheduleRules,
]
