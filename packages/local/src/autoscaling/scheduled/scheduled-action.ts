import { nextRun, parseSchedule, ScheduleError, scheduledActionProblem } from '@longshore/model'
import type { ScalableTargetAction, Schedule } from '@longshore/model'

import { validationError } from '../errors.js'
import { writeResource } from '../resource.js'
import type { PutScheduledActionRequest } from './scheduled-requests.js'

/** A change of a scalable target's limits at certain times. Times are epoch milliseconds. */
export interface ScheduledAction {
  readonly name: string
  readonly arn: string
  readonly resourceId: string
  readonly createdAtMs: number
  /** When it was created or last changed: a rate without start time counts from there. */
  readonly putAtMs: number
  /** As the caller wrote it: `cron(0 9 * * ? *)`. */
  readonly expression: string
  readonly timezone: string | undefined
  readonly startMs: number | undefined
  readonly endMs: number | undefined
  readonly targetAction: ScalableTargetAction
  readonly schedule: Schedule
  /** Undefined when there is no run left. */
  nextRunMs: number | undefined
}

export type ScheduledActionIdentity = Pick<ScheduledAction, 'name' | 'arn' | 'resourceId' | 'createdAtMs'>

/**
 * The action that a call makes of the one that it replaces: start and end go where they are not given, all else stays.
 * What AWS refuses is refused in its words.
 */
export function makeScheduledAction(
  request: PutScheduledActionRequest,
  {
    existing,
    nowMs,
    ...identity
  }: ScheduledActionIdentity & {
    readonly existing: ScheduledAction | undefined
    readonly nowMs: number
  },
): ScheduledAction {
  const expression = request.Schedule ?? existing?.expression
  if (expression === undefined) throw validationError('Schedule must be set')
  const timezone = request.Timezone ?? existing?.timezone
  const schedule = readSchedule(expression, timezone)
  const startMs = request.StartTime === undefined ? undefined : request.StartTime * 1_000
  const endMs = request.EndTime === undefined ? undefined : request.EndTime * 1_000
  const targetAction = readTargetAction(request) ?? existing?.targetAction
  const problem = scheduledActionProblem({ targetAction, startMs, endMs })
  if (problem !== undefined || targetAction === undefined) {
    throw validationError(problem ?? 'ScalableTargetAction must be set')
  }
  const timing = { putAtMs: nowMs, startMs, endMs, schedule }
  return { ...identity, expression, timezone, targetAction, ...timing, nextRunMs: runAfter(timing, nowMs) }
}

/** The first run after an instant. */
export function runAfter(
  action: Pick<ScheduledAction, 'schedule' | 'startMs' | 'endMs' | 'putAtMs'>,
  afterMs: number,
): number | undefined {
  const { schedule, startMs, endMs, putAtMs: createdMs } = action
  return nextRun(schedule, { startMs, endMs, createdMs }, afterMs)
}

/** The action as DescribeScheduledActions shows it. */
export function writeScheduledAction(action: ScheduledAction): unknown {
  const { minCapacity, maxCapacity } = action.targetAction
  return {
    ScheduledActionName: action.name,
    ScheduledActionARN: action.arn,
    ...writeResource(action.resourceId),
    Schedule: action.expression,
    Timezone: action.timezone,
    StartTime: action.startMs === undefined ? undefined : action.startMs / 1_000,
    EndTime: action.endMs === undefined ? undefined : action.endMs / 1_000,
    ScalableTargetAction: { MinCapacity: minCapacity, MaxCapacity: maxCapacity },
    CreationTime: action.createdAtMs / 1_000,
  }
}

function readSchedule(expression: string, timezone: string | undefined): Schedule {
  try {
    return parseSchedule(expression, timezone)
  } catch (error) {
    if (error instanceof ScheduleError) throw validationError(error.message)
    throw error
  }
}

function readTargetAction({
  ScalableTargetAction: given,
}: PutScheduledActionRequest): ScalableTargetAction | undefined {
  return given && { minCapacity: given.MinCapacity, maxCapacity: given.MaxCapacity }
}
