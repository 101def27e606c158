import type { NotScaledCode } from '@longshore/model'

import { randomUuid } from '../server/identifiers.js'
import type { AccountContext } from '../server/service.js'
import { pageFor } from './paging.js'
import { writeResource } from './resource.js'
import type { DescribeActivitiesRequest } from './requests.js'

export interface NotScaledReason {
  readonly Code: NotScaledCode
  readonly MinCapacity?: number
  readonly MaxCapacity?: number
  readonly CurrentCapacity?: number
}

/** One attempt to change the size of a service. Times are epoch milliseconds. */
export interface Activity {
  readonly id: string
  /** Counts up from activity to activity. */
  readonly position: number
  readonly resourceId: string
  readonly cause: string
  readonly description: string
  readonly startedAtMs: number
  endedAtMs: number | undefined
  status: 'InProgress' | 'Successful' | 'Overridden' | 'Unfulfilled' | 'Failed'
  statusMessage: string | undefined
  /** Why nothing was scaled; such activities are shown only when asked for. */
  readonly notScaled: NotScaledReason | undefined
}

type NewActivity = Pick<
  Activity,
  'resourceId' | 'cause' | 'description' | 'status' | 'statusMessage' | 'notScaled'
>

/** Application Auto Scaling keeps activities for six weeks. */
const RETENTION_MS = 42 * 86_400_000
const PAGE_SIZE = 50

/** The activities of one account and region, also of targets that are gone. */
export class Activities {
  readonly #account: AccountContext
  /** Oldest first. */
  #activities: Activity[] = []
  #lastPosition = 0

  constructor(account: AccountContext) {
    this.#account = account
  }

  add(activity: NewActivity): Activity {
    this.#forgetOld()
    const id = randomUuid(this.#account.random)
    this.#lastPosition += 1
    const added = {
      ...activity,
      id,
      position: this.#lastPosition,
      startedAtMs: this.#account.controlClock.now(),
      endedAtMs: undefined,
    }
    this.#activities.push(added)
    return added
  }

  /** Adds an activity that changed nothing, once until something changes: alarms act every minute. */
  addFailed(activity: Omit<NewActivity, 'status'>): void {
    const ofResource = this.#activities.filter(({ resourceId }) => resourceId === activity.resourceId)
    const lastChange = ofResource.findLastIndex(({ status }) => status !== 'Failed')
    const isRepeat = ofResource
      .slice(lastChange + 1)
      .some(
        (failed) =>
          failed.cause === activity.cause &&
          failed.statusMessage === activity.statusMessage &&
          failed.notScaled?.Code === activity.notScaled?.Code,
      )
    if (!isRepeat) this.add({ ...activity, status: 'Failed' })
  }

  /** DescribeScalingActivities, newest first. */
  describe(request: DescribeActivitiesRequest): unknown {
    this.#forgetOld()
    const matching = this.#activities.filter(
      (activity) =>
        (request.ResourceId === undefined || activity.resourceId === request.ResourceId) &&
        (activity.notScaled === undefined || request.IncludeNotScaledActivities === true),
    )
    const page = pageFor(matching.toReversed(), request, {
      keyOf: ({ position }) => -position,
      defaultSize: PAGE_SIZE,
    })
    return { ScalingActivities: page.items.map(writeActivity), NextToken: page.nextToken }
  }

  #forgetOld(): void {
    const oldestMs = this.#account.controlClock.now() - RETENTION_MS
    if ((this.#activities[0]?.startedAtMs ?? Infinity) >= oldestMs) return
    this.#activities = this.#activities.filter((kept) => kept.startedAtMs >= oldestMs)
  }
}

function writeActivity(activity: Activity): unknown {
  return {
    ...writeResource(activity.resourceId),
    ActivityId: activity.id,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: activity.startedAtMs / 1_000,
    EndTime: activity.endedAtMs === undefined ? undefined : activity.endedAtMs / 1_000,
    StatusCode: activity.status,
    StatusMessage: activity.statusMessage,
    NotScaledReasons: activity.notScaled === undefined ? undefined : [activity.notScaled],
  }
}
