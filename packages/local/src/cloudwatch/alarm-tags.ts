import type { Input } from '../server/input.js'
import type { Operation } from '../server/service.js'
import type { Alarm } from './alarm.js'
import type { Alarms } from './alarms.js'
import { invalidValue, taggedResourceNotFound } from './errors.js'
import { checkSize, inputOf } from './input.js'

const MAX_TAGS = 50
const ALARM_ARN = /^arn:aws:cloudwatch:[^:]+:\d{12}:alarm:(.+)$/

/** The operations on tags; alarms are what can be tagged here. */
export function tagOperations(alarms: Alarms): Readonly<Record<string, Operation>> {
  return {
    TagResource: (members) => {
      const input = inputOf(members)
      addTags(taggedAlarm(input, alarms), input)
    },
    UntagResource: (members) => {
      const input = inputOf(members)
      const { tags } = taggedAlarm(input, alarms)
      for (const key of input.requiredStrings('TagKeys')) tags.delete(key)
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
    (tag) => [tag.requiredString('Key', 128), tag.string('Value') ?? ''] as const,
  )
  checkSize([...new Map([...alarm.tags, ...added])], 'Tags', MAX_TAGS)
  for (const [key, value] of added) alarm.tags.set(key, value)
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
