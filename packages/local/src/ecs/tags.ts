import type { Input } from '../server/input.js'
import { invalidParameter } from './errors.js'

export interface Tag {
  readonly key: string
  readonly value: string
}

// ECS: at most 50 tags on a resource; keys to 128 and values to 256 characters.
const MAX_TAGS = 50
const MAX_KEY_LENGTH = 128
const MAX_VALUE_LENGTH = 256

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
    if (tag.key.length === 0 || tag.key.length > MAX_KEY_LENGTH) {
      throw invalidParameter(`Tag keys must have between 1 and ${MAX_KEY_LENGTH} characters.`)
    }
    if (tag.value.length > MAX_VALUE_LENGTH) {
      throw invalidParameter(`Tag values can have at most ${MAX_VALUE_LENGTH} characters.`)
    }
    merged.set(tag.key, tag)
  }
  if (merged.size > MAX_TAGS) throw invalidParameter(`A resource can have at most ${MAX_TAGS} tags.`)
  return [...merged.values()]
}

export function withoutTags(tags: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  return tags.filter((tag) => !keys.includes(tag.key))
}
