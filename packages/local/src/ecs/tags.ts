import type { Input } from '../server/input.js'
import { TAG_LIMITS } from '../server/tag-limits.js'
import { invalidParameter } from './errors.js'

export interface Tag {
  readonly key: string
  readonly value: string
}

export function readTags(input: Input): readonly Tag[] {
  return (input.objects('tags') ?? []).map((item) => ({
    key: item.string('key') ?? '',
    value: item.string('value') ?? '',
  }))
}

/** `tags` with `added` over them, by key. Throws InvalidParameterException beyond ECS's limits. */
export function mergeTags(tags: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const merged = new Map(tags.map((tag) => [tag.key, tag]))
  for (const tag of added) {
    if (tag.key.length === 0 || tag.key.length > TAG_LIMITS.keyLength) {
      throw invalidParameter(`Tag keys must have between 1 and ${TAG_LIMITS.keyLength} characters.`)
    }
    if (tag.value.length > TAG_LIMITS.valueLength) {
      throw invalidParameter(`Tag values can have at most ${TAG_LIMITS.valueLength} characters.`)
    }
    merged.set(tag.key, tag)
  }
  if (merged.size > TAG_LIMITS.tags)
    throw invalidParameter(`A resource can have at most ${TAG_LIMITS.tags} tags.`)
  return [...merged.values()]
}

export function withoutTags(tags: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  return tags.filter((tag) => !keys.includes(tag.key))
}
