import type { FieldValue } from './fields.js'
import type { Alarm, ScalableTarget, ScalingPolicy, ScheduledAction } from './resources.js'

/** One setting that a change touches. `before` is undefined where nothing was set, `after` where nothing will be. */
export interface FieldChange {
  readonly field: string
  readonly before: FieldValue
  readonly after: FieldValue
}

/** What a plan consists of, by kind. */
export interface Resources {
  readonly scalableTarget: ScalableTarget
  readonly scalingPolicy: ScalingPolicy
  readonly alarm: Alarm
  readonly scheduledAction: ScheduledAction
}

interface ChangeOf<Kind extends keyof Resources> {
  readonly kind: Kind
  /** The resource's name: the resource id of a target, else its own. */
  readonly name: string
  /** `service/<cluster>/<service>`. */
  readonly resourceId: string
  readonly fields: readonly FieldChange[]
}

interface PutOf<Kind extends keyof Resources> extends ChangeOf<Kind> {
  /** `replace` removes and creates it: AWS keeps what it made for the old one, such as alarms that were changed by hand. */
  readonly action: 'create' | 'update' | 'replace'
  /** What the resource is to be, whole: applying it twice is applying it once. */
  readonly resource: Resources[Kind]
  /** For what can be tagged, and is when it is created. */
  readonly tags: Readonly<Record<string, string>>
}

interface RemoveOf<Kind extends keyof Resources> extends ChangeOf<Kind> {
  readonly action: 'remove'
}

export type Put = { [Kind in keyof Resources]: PutOf<Kind> }[keyof Resources]
export type Removal = { [Kind in keyof Resources]: RemoveOf<Kind> }[keyof Resources]

/** One step from what exists to what should. */
export type Change = Put | Removal
