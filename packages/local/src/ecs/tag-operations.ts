import { AwsError } from '../server/aws-error.js'
import type { Input } from '../server/input.js'
import { parseEcsArn } from './arn.js'
import { invalidParameter } from './errors.js'
import { inputOf } from './input.js'
import type { EcsState, Operations } from './state.js'
import { mergeTags, readTags, withoutTags } from './tags.js'
import type { Tag } from './tags.js'

export function tagOperations(state: EcsState): Operations {
  return {
    TagResource: (members) => {
      const input = inputOf(members)
      const resource = taggedResource(state, input)
      resource.tags = mergeTags(resource.tags, readTags(input))
      return {}
    },
    UntagResource: (members) => {
      const input = inputOf(members)
      const resource = taggedResource(state, input)
      resource.tags = withoutTags(resource.tags, input.strings('tagKeys') ?? [])
      return {}
    },
    ListTagsForResource: (members) => ({ tags: taggedResource(state, inputOf(members)).tags }),
  }
}

function taggedResource(state: EcsState, input: Input): { tags: readonly Tag[] } {
  const arn = input.string('resourceArn') ?? ''
  const parsed = parseEcsArn(state.account, arn)
  if (parsed === undefined) throw invalidParameter(`Invalid resource ARN '${arn}'.`)
  if (parsed.resource === 'cluster') return state.clusters.active(arn)
  const found = findResource(state, parsed.resource, arn)
  if (found === undefined) {
    throw new AwsError('InvalidParameterException', `The specified ${parsed.resource} was not found.`)
  }
  return found
}

function findResource(state: EcsState, resource: string, arn: string): { tags: readonly Tag[] } | undefined {
  if (resource === 'service') return state.services.findByArn(arn)
  if (resource === 'task') return state.tasks.findByArn(arn)
  if (resource === 'capacity-provider') return state.providers.find(arn)
  if (resource === 'task-definition') return state.definitions.find(arn)
  return undefined
}
