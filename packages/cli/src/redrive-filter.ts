import type { DeadLetterMessage } from '@longshore/core'
import type { Duration } from '@longshore/core/time'
import { durationMs } from '@longshore/core/time'

/** What `longshore redrive` may ask of a message; all of it must hold. */
export interface RedriveConditions {
  /** `path=value` in a JSON body: `order.country=DE`. */
  readonly where?: readonly Pair[]
  /** A message attribute's value. */
  readonly attribute?: readonly Pair[]
  /** A part of the reason that a worker noted, in any case. */
  readonly reason?: string
  readonly group?: string
  readonly id?: readonly string[]
  readonly olderThan?: Duration
  readonly newerThan?: Duration
}

/** A name and the value asked for. */
export interface Pair {
  readonly name: string
  readonly value: string
}

type Condition = (message: DeadLetterMessage) => boolean

/** The filter that these make, and undefined if they ask for nothing. */
export function redriveFilter(conditions: RedriveConditions, nowMs: number): Condition | undefined {
  const all = conditionsOf(conditions, nowMs)
  return all.length === 0 ? undefined : (message) => all.every((holds) => holds(message))
}

function conditionsOf(asked: RedriveConditions, nowMs: number): Condition[] {
  const all: Condition[] = []
  const { where = [], attribute = [], reason, group, id, olderThan, newerThan } = asked
  for (const { name, value } of where) all.push(({ body }) => textAt(body, name) === value)
  for (const { name, value } of attribute) all.push(({ attributes }) => attributes[name]?.value === value)
  if (reason !== undefined) {
    const part = reason.toLowerCase()
    all.push((message) => message.reason?.toLowerCase().includes(part) === true)
  }
  if (group !== undefined) all.push(({ groupId }) => groupId === group)
  if (id !== undefined) all.push(({ messageId }) => id.includes(messageId))
  if (olderThan !== undefined) all.push(({ sentAtMs }) => nowMs - sentAtMs > durationMs(olderThan))
  if (newerThan !== undefined) all.push(({ sentAtMs }) => nowMs - sentAtMs <= durationMs(newerThan))
  return all
}

/** What stands at the path in a JSON body, as text; undefined where there is nothing, or the body is no JSON. */
function textAt(body: string, path: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return undefined
  }
  for (const name of path.split('.')) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  }
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
