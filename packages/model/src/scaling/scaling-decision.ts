/** Reasons for not scaling that AWS reports, in NotScaledReasons. */
export type NotScaledCode =
  | 'AutoScalingAnticipatedFlapping'
  | 'TargetServicePutResourceAsUnscalable'
  | 'AlreadyAtMaxCapacity'
  | 'AlreadyAtMinCapacity'
  | 'AlreadyAtDesiredCapacity'

/** Reasons for not scaling that AWS acts on and does not report. */
export type SilentReason =
  | 'MissingData'
  | 'ScalingSuspended'
  | 'ScaleInDisabled'
  | 'PolicyNotReady'
  | 'CooldownInEffect'
  | 'TargetNotPositive'
  | 'NoStepMatches'

export type ScalingDecision =
  | {
      readonly kind: 'scale'
      readonly capacity: number
      /** The policy whose capacity was largest; its cooldown follows. */
      readonly policyName: string
      /** For the cooldown's netting. */
      readonly baseCapacity: number
    }
  | { readonly kind: 'none'; readonly reason: NotScaledCode | SilentReason }

const NOT_SCALED_CODES: ReadonlySet<string> = new Set<NotScaledCode>([
  'AutoScalingAnticipatedFlapping',
  'TargetServicePutResourceAsUnscalable',
  'AlreadyAtMaxCapacity',
  'AlreadyAtMinCapacity',
  'AlreadyAtDesiredCapacity',
])

export function isNotScaledCode(reason: NotScaledCode | SilentReason): reason is NotScaledCode {
  return NOT_SCALED_CODES.has(reason)
}

export function none(reason: NotScaledCode | SilentReason): ScalingDecision {
  return { kind: 'none', reason }
}
