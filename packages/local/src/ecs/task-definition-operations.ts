import type { Input } from '../server/input.js'
import { epochSeconds, withoutUndefined } from './description.js'
import { clientError, invalidParameter } from './errors.js'
import { inputOf, isIncluded } from './input.js'
import { pageFor } from './paging.js'
import type { EcsState, Operations } from './state.js'
import { readTags } from './tags.js'
import { readTaskDefinition } from './task-definition.js'
import type { TaskDefinition } from './task-definition.js'
import { statusOf } from './task-definitions.js'

export function taskDefinitionOperations(state: EcsState): Operations {
  return {
    RegisterTaskDefinition: (members) => register(state, inputOf(members)),
    DescribeTaskDefinition: (members) => describe(state, inputOf(members)),
    ListTaskDefinitions: (members) => list(state, inputOf(members)),
    DeregisterTaskDefinition: (members) => deregister(state, inputOf(members)),
  }
}

function register(state: EcsState, input: Input): object {
  const tags = readTags(input)
  const definition = state.definitions.register(readTaskDefinition(input), tags)
  return {
    taskDefinition: describeTaskDefinition(state, definition),
    ...(tags.length > 0 ? { tags: definition.tags } : {}),
  }
}

function describe(state: EcsState, input: Input): object {
  const definition = state.definitions.find(required(input))
  if (definition === undefined) throw clientError('Unable to describe task definition.')
  return {
    taskDefinition: describeTaskDefinition(state, definition),
    ...(isIncluded(input, 'TAGS') ? { tags: definition.tags } : {}),
  }
}

function list(state: EcsState, input: Input): object {
  const status = input.string('status') ?? 'ACTIVE'
  if (status !== 'ACTIVE' && status !== 'INACTIVE') {
    throw invalidParameter(`Invalid status '${status}': ACTIVE or INACTIVE.`)
  }
  const isDescending = input.string('sort') === 'DESC'
  const ascending = state.definitions.list(status, input.string('familyPrefix'))
  const { items, nextToken } = pageFor(isDescending ? ascending.toReversed() : ascending, input, {
    keyOf: sortKey,
    isDescending,
  })
  return { taskDefinitionArns: items.map((definition) => definition.arn), nextToken }
}

function deregister(state: EcsState, input: Input): object {
  const reference = required(input)
  if (!/:\d+$/.test(reference)) throw invalidParameter('Task definition revision must be specified.')
  const definition = state.definitions.find(reference)
  if (definition === undefined) throw clientError('The specified task definition does not exist.')
  state.definitions.deregister(definition)
  return { taskDefinition: describeTaskDefinition(state, definition) }
}

function required(input: Input): string {
  const reference = input.string('taskDefinition') ?? ''
  if (reference === '') throw invalidParameter('Task Definition can not be blank.')
  return reference
}

/** Revisions sort as numbers; a space sorts before every character of a family. */
function sortKey(definition: TaskDefinition): string {
  return `${definition.content.family} ${String(definition.revision).padStart(9, '0')}`
}

function describeTaskDefinition(state: EcsState, definition: TaskDefinition): object {
  const { content, deregisteredAtMs } = definition
  return withoutUndefined({
    ...content.described,
    taskDefinitionArn: definition.arn,
    family: content.family,
    revision: definition.revision,
    status: statusOf(definition),
    containerDefinitions: content.containers.map((container) => container.described),
    compatibilities: definition.compatibilities,
    registeredAt: epochSeconds(definition.registeredAtMs),
    registeredBy: `arn:aws:iam::${state.account.accountId}:root`,
    deregisteredAt: deregisteredAtMs === undefined ? undefined : epochSeconds(deregisteredAtMs),
  })
}
