import type { Operation } from '../server/service.js'
import { TAG_LIMITS } from '../server/tag-limits.js'
import { resourceNotFound, tooManyTags } from './errors.js'
import { readInput } from './input.js'
import type { ScalableTarget } from './scalable-target.js'
import type { ScalableTargets } from './scalable-targets.js'
import { taggedSchema, tagSchema, untagSchema } from './requests.js'

/** The operations on the tags of scalable targets, the only resources that have any. */
export function tagOperations(targets: ScalableTargets): Readonly<Record<string, Operation>> {
  const tagged = (arn: string): ScalableTarget => {
    const target = targets.withArn(arn)
    if (target === undefined) throw resourceNotFound(arn)
    return target
  }
  return {
    TagResource: (members) => {
      const { ResourceARN, Tags } = readInput(tagSchema, members)
      const { tags } = tagged(ResourceARN)
      if (new Set([...tags.keys(), ...Object.keys(Tags)]).size > TAG_LIMITS.tags)
        throw tooManyTags(ResourceARN)
      for (const [key, value] of Object.entries(Tags)) tags.set(key, value)
      return {}
    },
    UntagResource: (members) => {
      const { ResourceARN, TagKeys } = readInput(untagSchema, members)
      for (const key of TagKeys) tagged(ResourceARN).tags.delete(key)
      return {}
    },
    ListTagsForResource: (members) => ({
      Tags: Object.fromEntries(tagged(readInput(taggedSchema, members).ResourceARN).tags),
    }),
  }
}
