import type { Service } from '../../config/service.js'
import type { Live } from '../live.js'
import { planFor } from '../plan.js'
import { configFindings } from './config-rules.js'
import { factFindings } from './fact-rules.js'
import type { Facts } from './facts.js'
import { NO_FACTS } from './facts.js'
import type { LintFinding } from './finding.js'
import { liveFindings } from './live-rules.js'

/** What is known of the account; nothing of it is needed. */
export interface LintInput {
  readonly live?: Live | undefined
  readonly facts?: Facts | undefined
}

/** The mistakes in a service's scaling, problems first. Pure: what is not given is not looked at. */
export function lint(service: Service, { live, facts = NO_FACTS }: LintInput = {}): LintFinding[] {
  const plan = planFor(service)
  const findings = [
    ...configFindings(service, plan),
    ...(live === undefined ? [] : liveFindings(service, live)),
    ...factFindings(service, plan, facts),
  ]
  return findings.toSorted((one, other) => rank(one) - rank(other))
}

function rank({ severity }: LintFinding): number {
  return severity === 'problem' ? 0 : 1
}
