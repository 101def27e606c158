import { describeProblems } from '@longshore/core/option-problems'
import type { OptionProblem } from '@longshore/core/option-problems'
import type { Change } from './plan/change.js'
import type { Conflict } from './plan/ownership.js'

/** A configuration that cannot work. For the developer, before anything starts; all problems at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'CONFIG_INVALID'
  readonly problems: readonly OptionProblem[]

  constructor(subject: string, problems: readonly OptionProblem[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
    super(`${subject} has ${count}:${describeProblems(problems)}`)
    this.problems = problems
  }
}

/**
 * Why a call to AWS failed, sorted by what the operator does about it:
 *
 * | code | what to do |
 * |---|---|
 * | `ENDPOINT_UNREACHABLE` | start what should answer there, or correct the endpoint or region |
 * | `CALL_TIMED_OUT` | look at the network path, or try again |
 * | `REGION_MISSING` | set AWS_REGION, or `region` in the configuration |
 * | `CREDENTIALS_INVALID` | provide credentials, or renew them |
 * | `ACCESS_DENIED` | grant the action that the message names |
 * | `QUEUE_NOT_FOUND`, `CLUSTER_NOT_FOUND`, `SERVICE_NOT_FOUND` | create it, or correct its name |
 * | `THROTTLED` | wait; the next beat tries again |
 * | `CALL_FAILED` | anything else: the message carries AWS's own |
 */
export type AwsCallCode =
  | 'ENDPOINT_UNREACHABLE'
  | 'CALL_TIMED_OUT'
  | 'CALL_ABORTED'
  | 'REGION_MISSING'
  | 'CREDENTIALS_INVALID'
  | 'ACCESS_DENIED'
  | 'QUEUE_NOT_FOUND'
  | 'CLUSTER_NOT_FOUND'
  | 'SERVICE_NOT_FOUND'
  | 'THROTTLED'
  | 'CALL_FAILED'

/** A call to AWS that failed. For the operator; the SDK's own error is the `cause`. */
export class AwsCallError extends Error {
  override readonly name = 'AwsCallError'
  readonly code: AwsCallCode

  constructor(code: AwsCallCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Not one value was published in an invocation. For the operator: the message has the reasons, each once. */
export class NothingPublishedError extends Error {
  override readonly name = 'NothingPublishedError'
  readonly code = 'NOTHING_PUBLISHED'
  readonly reasons: readonly string[]

  constructor(reasons: readonly string[]) {
    super(
      `Nothing was published: ${reasons.length === 0 ? 'there was no time for a beat.' : reasons.join(' ')}`,
    )
    this.reasons = reasons
  }
}

/** Somebody else's resources stand where a plan wants its own. For the operator: nothing was changed. */
export class NotOursError extends Error {
  override readonly name = 'NotOursError'
  readonly code = 'NOT_OURS'
  readonly conflicts: readonly Conflict[]

  constructor(conflicts: readonly Conflict[], tags: Readonly<Record<string, string>>) {
    const names = conflicts.map(({ kind, name, arn }) => `${KIND_NAMES[kind]} ${name} (${arn})`)
    const tag = Object.entries(tags).map(([key, value]) => `${key}=${value}`)
    super(
      `Somebody else made ${names.join(' and ')}: the tag ${tag.join(', ')} is missing. ` +
        'Nothing was changed. Remove what is there, or hand it over by giving it that tag.',
    )
    this.conflicts = conflicts
  }
}

const KIND_NAMES: Readonly<Record<Conflict['kind'], string>> = {
  scalableTarget: 'the scalable target',
  alarm: 'the alarm',
}

/** A change that AWS refused. For the operator; the call's own error is the `cause`. */
export class ApplyError extends Error {
  override readonly name = 'ApplyError'
  readonly code = 'APPLY_FAILED'
  /** What was applied before it. Applying again repeats none of it. */
  readonly applied: readonly Change[]
  readonly failed: Change

  constructor(what: { applied: readonly Change[]; failed: Change; cause: unknown }) {
    const { applied, failed, cause } = what
    const reason = cause instanceof Error ? cause.message : String(cause)
    const before =
      applied.length === 0
        ? 'Nothing was applied before it.'
        : `What was applied before it stays: ${applied.map(({ name }) => name).join(', ')}.`
    super(
      `Could not ${failed.action} ${failed.name}: ${reason} ${before} Applying again goes on from there.`,
      { cause },
    )
    this.applied = applied
    this.failed = failed
  }
}
