import type { Input } from '../server/input.js'
import type { Operation } from '../server/service.js'
import { TAG_LIMITS } from '../server/tag-limits.js'
import type { Alarm } from './alarm.js'
import type { Alarms } from './alarms.js'
import { invalidValue, taggedResourceNotFound } from './errors.js'
import { checkSize, inputOf } from './input.js'

const ALARM_ARN = /^arn:aws:cloudwatch:[^:]+:\d{12}:alarm:(.+)$/

/** The operations on tags; alarms are what can be tagged here. */
export function tagOperations(alarms: Alarms): Readonly<Record<string, Operation>> {
  return {
    TagResource: (members) => {
      const input = inputOf(members)
      addTags(taggedAlarm(input, alarms), input)
      return {}
    },
    UntagResource: (members) => {
      const input = inputOf(members)
      const { tags } = taggedAlarm(input, alarms)
      for (const key of input.requiredStrings('TagKeys')) tags.delete(key)
      return {}
    },
    ListTagsForResource: (members) => {
      const { tags } = taggedAlarm(inputOf(members), alarms)
      return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) }
    },
  }
}

/** Adds the `Tags` of an input. */
export function addTags(alarm: Alarm, input: Input): void {
  const added = (input.objects('Tags') ?? []).map(
    (tag) => [tag.requiredString('Key', TAG_LIMITS.keyLength), valueOf(tag)] as const,
  )
  checkSize([...new Map([...alarm.tags, ...added])], 'Tags', TAG_LIMITS.tags)
  for (const [key, value] of added) alarm.tags.set(key, value)
}

function valueOf(tag: Input): string {
  const value = tag.string('Value') ?? ''
  if (value.length <= TAG_LIMITS.valueLength) return value
  throw invalidValue(
    `The value for parameter ${tag.pathOf('Value')} is longer than ${TAG_LIMITS.valueLength} characters.`,
  )
}

function taggedAlarm(input: Input, alarms: Alarms): Alarm {
  const arn = input.requiredString('ResourceARN')
  const [, alarmName] = ALARM_ARN.exec(arn) ?? []
  if (alarmName === undefined) {
    throw invalidValue(
      `The value ${arn} for parameter ResourceARN is invalid: it must be the ARN of an alarm.`,
    )
  }
  const alarm = alarms.get(alarmName)
  if (alarm?.arn !== arn) throw taggedResourceNotFound(`There is no alarm with the ARN ${arn}.`)
  return alarm
}
